/* main.c - the table of commands, and the setup before one of them runs. */
#include "common/commands.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const struct command_group model = {
	"emnist model",
	"Show models, and convert them to other formats.",
	(const struct command[]){
		{"show", "print layers, labels and metadata of a model", cmd_model_show, NULL},
		{"convert", "write a model in another format", cmd_model_convert, NULL},
		{NULL, NULL, NULL, NULL},
	},
};

static const struct command_group dataset = {
	"emnist dataset",
	"Show and convert labeled images.",
	(const struct command[]){
		{"stats", "count classes, pixels and duplicates", cmd_dataset_stats, NULL},
		{"export", "write images as PNG, idx, CSV or NumPy files", cmd_dataset_export,
		 NULL},
		{"montage", "draw images on one sheet, labels underneath", cmd_dataset_montage,
		 NULL},
		{"import", "make a dataset from image files", cmd_dataset_import, NULL},
		{NULL, NULL, NULL, NULL},
	},
};

static const struct command_group emnist = {
	"emnist",
	"Classify images of single characters.",
	(const struct command[]){
		{"classify", "recognize the character in each image", cmd_classify, NULL},
		{"eval", "measure a model's accuracy on a labeled dataset", cmd_eval, NULL},
		{"train", "train a model on labeled datasets", cmd_train, NULL},
		{"model", "show and convert models", NULL, &model},
		{"dataset", "show and convert labeled images", NULL, &dataset},
		{"serve", "classify images over HTTP", cmd_serve, NULL},
		{"load", "measure a server's accuracy and speed", cmd_load, NULL},
		{"bench", "measure how fast this machine classifies", cmd_bench, NULL},
		{NULL, NULL, NULL, NULL},
	},
};

/* A file opened while one of the three standard descriptors is closed would get its number, and
 * results or messages would end up in it. So closed ones are filled with something that fails when
 * used. */
static bool fill_closed_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	if (!fill_closed_descriptors())
		return STATUS_FATAL;
	/* A reader that goes away shows as EPIPE on write. */
	signal(SIGPIPE, SIG_IGN);
	/* Likewise a file that may not grow further, as EFBIG. */
	signal(SIGXFSZ, SIG_IGN);
	return (int)commands_run(&emnist, argc, argv);
}
