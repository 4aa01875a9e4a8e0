/*
 * Checks that go on after a failure, so that one run shows everything that is wrong. For the one source file of a test
 * program that holds its main().
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int checks_passed;
static int checks_failed;

/* What is being tried, for the failures that a source line alone does not explain, such as the row of a table. */
static const char *check_subject = "";

static int check_noted(int is_good, const char *what, int line)
{
    if (is_good) {
        checks_passed++;
    } else {
        checks_failed++;
        fprintf(stderr, "line %d: %s: failed: %s\n", line, check_subject, what);
    }
    return is_good;
}

static inline int check_same_text(const char *got, const char *wanted, const char *what, int line)
{
    int is_good = got != NULL && wanted != NULL && strcmp(got, wanted) == 0;
    if (!check_noted(is_good, what, line)) {
        fprintf(stderr, "    got    %s\n    wanted %s\n", got ? got : "(NULL)", wanted ? wanted : "(NULL)");
    }
    return is_good;
}

#define CHECK(condition) check_noted((condition) ? 1 : 0, #condition, __LINE__)
#define CHECK_TEXT(got, wanted) check_same_text((got), (wanted), #got, __LINE__)

/* The last words of a test program, and its exit status. */
static int check_summary(const char *program)
{
    printf("%s: %d passed, %d failed\n", program, checks_passed, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}

#endif
