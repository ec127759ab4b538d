/* A clock on the wall that somebody sets, for a program started with this library in LD_PRELOAD.
 *
 * SHIM_CLOCK    a file with the seconds by which it goes wrong now */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static long wrong_by(void) {
  char text[32] = "";
  const char *name = getenv("SHIM_CLOCK");
  int file = name ? open(name, O_RDONLY) : -1;
  if (file < 0) return 0;
  if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
  close(file);
  return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = REAL(clock_gettime)(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += wrong_by();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = REAL(gettimeofday)(now, zone);
  if (result == 0) now->tv_sec += wrong_by();
  return result;
}

time_t time(time_t *now) {
  time_t result = REAL(time)(NULL) + wrong_by();
  if (now) *now = result;
  return result;
}
