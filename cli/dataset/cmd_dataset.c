/*
 * cmd_dataset.c - emnist dataset: what can be done with labelled images other than learning from
 * them.
 */
#include "../common/subcommands.h"
#include "dataset.h"

static const struct command subcommands[] = {
	{"stats", "count classes, pixels and duplicates", dataset_stats},
	{"export", "write images as PNG, idx, CSV or NumPy's files", dataset_export},
	{"montage", "draw images on one sheet, labels underneath", dataset_montage},
	{"import", "make a dataset of image files", dataset_import},
	{NULL, NULL, NULL},
};

enum exit_status cmd_dataset(int argc, char **argv)
{
	return subcommands_run(
		subcommands, "Look at labelled images, and write them in other forms.", argc, argv);
}
