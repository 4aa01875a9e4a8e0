/* Time and memory of this process. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static inline double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* What of this process is in memory now, in KiB; 0 where the kernel does not say. */
static inline long resident_kib(void)
{
    long total, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm != NULL) {
        if (fscanf(statm, "%ld %ld", &total, &resident) != 2) {
            resident = 0;
        }
        fclose(statm);
    }
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

#endif
