"""The concerns that a rule reads which is judged for each line item: those that cover the item (policies/MEANING.md, section 1).

They are found in the lowered rule, not written by the author, who could forget it. What is judged once for the transaction reads
all.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from licet.language import tree as t
from licet.language.tree import Expr, Function
from licet.policy import model as m

_STATED = t.Select(t.Select(t.Var("tx"), "end_use"), "concerns")
_COVERING = t.Call(Function.COVERING, (_STATED, t.Var("item")))


def reading_its_concerns(rule: m.Rule) -> m.Rule:
    """The rule, judged for each line item, with the concerns of that item in place of all."""
    return replace(
        rule,
        per_item=True,
        about=_condition(rule.about),
        when=_condition(rule.when),
        effect=_effect(rule.effect),
        loops=tuple(replace(loop, over=_expr(loop.over)) if loop.over is not None else loop for loop in rule.loops),
    )


def _effect(effect: m.Effect) -> m.Effect:
    match effect:
        case m.Authorize():
            return replace(effect, needs=tuple(replace(need, met=_condition(need.met)) for need in effect.needs))
        case m.Oblige():
            return replace(effect, need=replace(effect.need, met=_condition(effect.need.met)))
        case _:
            return effect


def _condition(condition: Any) -> Any:
    if condition is None:
        return None
    if isinstance(condition, m.Leaf):
        return replace(condition, expr=_expr(condition.expr))
    return replace(condition, parts=tuple(map(_condition, condition.parts)))


def _expr(node: Expr) -> Expr:
    """The tree with the concerns of the item; the same one where it reads none."""
    if node == _STATED:
        return _COVERING
    changed: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        new = _part(value)
        if new is not value:
            changed[field.name] = new
    return replace(node, **changed) if changed else node


def _part(value: Any) -> Any:
    if isinstance(value, Expr):
        return _expr(value)
    if isinstance(value, tuple):
        parts = tuple(map(_part, value))
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    return value


__all__ = ["reading_its_concerns"]
