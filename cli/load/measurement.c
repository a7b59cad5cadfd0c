/* measurement.c - the results of a run. */
#include "measurement.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *const failure_names[N_FAILURE_KINDS] = {
	[FAILED_CONNECT] = "connect", [FAILED_CONNECTION] = "connection",
	[FAILED_TIMEOUT] = "timeout", [FAILED_STATUS] = "status",
	[FAILED_ANSWER] = "answer",   [FAILED_UNSENT] = "unsent",
};

void failure_add(struct measurement *measurement, enum failure_kind kind, const char *format, ...)
{
	struct failure *failure = &measurement->failures[kind];
	va_list arguments;

	if (failure->n++ > 0)
		return;
	va_start(arguments, format);
	vsnprintf(failure->first, sizeof(failure->first), format, arguments);
	va_end(arguments);
}

uint64_t failure_count(const struct measurement *measurement)
{
	uint64_t n = 0;

	for (size_t kind = 0; kind < N_FAILURE_KINDS; kind++)
		n += measurement->failures[kind].n;
	return n;
}

double measured_per_second(const struct measurement *measurement, uint64_t n)
{
	return measurement->seconds > 0 ? (double)n / measurement->seconds : 0;
}

double measured_accuracy(const struct measurement *measurement)
{
	return measurement->n_graded
		       ? (double)measurement->n_correct / (double)measurement->n_graded
		       : NAN;
}
