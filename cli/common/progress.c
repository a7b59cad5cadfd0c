/* progress.c - a line of progress, redrawn on a terminal. */
#include "progress.h"

#include "../output/text.h"
#include "interrupt.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_BETWEEN_DRAWS 0.1

static const char clear_line[] = "\r\033[K", erase_rest[] = "\033[K";

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

uint64_t a_second(uint64_t n, double seconds)
{
	const double rate = seconds > 0 ? (double)n / seconds : 0;

	return rate < 1e18 ? (uint64_t)rate : 0;
}

/* Whether stderr can show a line that is drawn over. */
static bool is_terminal(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

void progress_start(struct progress *progress, const char *unit, bool quiet)
{
	progress->shown = !quiet && is_terminal();
	progress->unit = unit;
	progress->n_before = 0;
	progress->started = seconds_now();
	/* The first line appears once there is progress. */
	progress->drawn = progress->started;
	progress->dirty = false;
}

/* "45 s", "12 min", "3 h 20 min". */
static void format_duration(double seconds, char *text, size_t nbytes)
{
	double minutes = ceil(seconds / 60);

	if (seconds < 100)
		snprintf(text, nbytes, "%.0f s", ceil(seconds));
	else if (minutes < 100)
		snprintf(text, nbytes, "%.0f min", minutes);
	else
		snprintf(text, nbytes, "%.0f h %.0f min", floor(minutes / 60), fmod(minutes, 60));
}

/* How many columns a line may have: one wider than the terminal is wrapped, and can then not be
 * drawn over. The last column is left free: some terminals wrap there. */
static int columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col - 1
									       : INT_MAX;
}

/* One write, so that it cannot be torn by what others print. */
static void put(const char *text, size_t nbytes)
{
	ssize_t n = write(STDERR_FILENO, text, nbytes);

	/* A terminal that is gone needs no progress. */
	(void)n;
}

void progress_update(struct progress *progress, uint64_t n_done, uint64_t total)
{
	char done_text[DIGITS_NBYTES], total_text[DIGITS_NBYTES], rate_text[DIGITS_NBYTES];
	char left_text[48] = "", line[256];
	double now, seconds, rate;
	int n, n_columns;

	if (!progress->shown)
		return;
	now = seconds_now();
	if (now - progress->drawn < SECONDS_BETWEEN_DRAWS)
		return;
	progress->drawn = now;
	seconds = now - progress->started;
	rate = seconds > 0 ? (double)(n_done - progress->n_before) / seconds : 0;
	if (total > n_done && rate > 0)
		format_duration((double)(total - n_done) / rate, left_text, sizeof(left_text));
	n = snprintf(line, sizeof(line) - sizeof(erase_rest), "\r%s%s%s %s, %s a second%s%s%s",
		     with_commas(n_done, done_text), total ? " of " : "",
		     total ? with_commas(total, total_text) : "", progress->unit,
		     with_commas((uint64_t)rate, rate_text), *left_text ? ", " : "", left_text,
		     *left_text ? " left" : "");
	n_columns = columns();
	n = n - 1 > n_columns ? n_columns + 1 : n;
	memcpy(line + n, erase_rest, sizeof(erase_rest));
	put(line, (size_t)n + strlen(erase_rest));
	progress->dirty = true;
}

void progress_clear(struct progress *progress)
{
	if (progress->dirty)
		put(clear_line, strlen(clear_line));
	progress->dirty = false;
}

void progress_make_way(void)
{
	if (is_terminal())
		put(clear_line, strlen(clear_line));
}

static void die_clean(int number)
{
	put(clear_line, sizeof(clear_line) - 1);
	interrupt_end(number);
}

void progress_end_on_interrupt(const struct progress *progress)
{
	/* What runs in the background of a script is not to be interrupted. */
	if (progress->shown && signal(SIGINT, die_clean) == SIG_IGN)
		signal(SIGINT, SIG_IGN);
}
