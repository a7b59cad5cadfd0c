/*
 * resume.h - --resume: the records of a run that was interrupted are kept, and the next run goes on
 * behind them.
 *
 * Records go to FILE.part. FILE.resume says how far they are complete: the bytes, and the place of
 * the last input among all inputs. Their order is fixed, so everything before that place is done.
 */
#ifndef CLI_CLASSIFY_RESUME_H
#define CLI_CLASSIFY_RESUME_H

#include "../common/outputs.h"
#include "inputs.h"

struct resume;

/* The counts of what is done. */
struct resume_counts {
	uint64_t n_inputs; /* printed, with those that failed */
	uint64_t n_failed;
	uint64_t n_rejected;
	uint64_t n_blank;
	uint64_t n_passed_over; /* other files next to the images; not in n_inputs */
};

/* Opens what an interrupted run has left of the file at path, or begins. settings: checksum of all
 * that decides what records look like. Opens the sink behind the last complete record. Prints an
 * error and returns NULL on failure, if the settings were others, or if another process is at it;
 * the sink is then closed. */
struct resume *resume_open(const char *path, uint32_t settings, struct sink *sink);

/* Where to go on: {0} from the start. */
const struct input_place *resume_place(const struct resume *resume);
const struct resume_counts *resume_counts(const struct resume *resume);

/* The bytes of records so far: 0 if the header is still to be written. */
uint64_t resume_nbytes(const struct resume *resume);

/* Skips the files when directories are walked. */
void resume_spare(const struct resume *resume, struct inputs *inputs);

/* Counts bytes that were written to the sink. */
void resume_wrote(struct resume *resume, const void *bytes, size_t nbytes);

/* All inputs up to this place are done, and their records were written. From time to time that is
 * recorded; false after printing an error. */
bool resume_reached(struct resume *resume, struct sink *sink, const struct input_place *place,
		    const struct resume_counts *counts);

/* Closes the sink as sink_close() does, and removes FILE.resume if FILE is complete. */
enum exit_status resume_close(struct resume *resume, struct sink *sink, enum exit_status status);

#endif
