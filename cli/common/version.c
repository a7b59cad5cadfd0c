/*
 * version.c - emnist --version, and with -v what this program computes with.
 */
#include "cli.h"
#include "machine.h"

#include <stdio.h>

enum exit_status print_version(bool verbose)
{
	enum exit_status status = STATUS_OK;
	struct machine machine;
	struct text text = {0};

	printf("emnist %s\n", emnist_version());
	if (verbose) {
		machine_find(&machine);
		machine_put_text(&text, &machine);
		fwrite(text.bytes, 1, text.nbytes, stdout);
	}
	if (text.failed) {
		complain("out of memory");
		status = STATUS_FATAL;
	}
	text_release(&text);
	return close_stdout(status);
}
