/* fingerprint.h - all that decides what the records of a run look like, as a checksum. */
#ifndef CLI_CLASSIFY_FINGERPRINT_H
#define CLI_CLASSIFY_FINGERPRINT_H

#include "pipeline_options.h"

/* The version, the model, and the options; not the number of threads, which does not matter. Prints
 * an error and returns false on failure. */
bool fingerprint(const struct pipeline_options *options, bool recursive, uint32_t *sum_ret);

#endif
