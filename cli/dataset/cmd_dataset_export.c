/*
 * cmd_dataset_export.c - emnist dataset export and import: writes images of datasets in another
 * format.
 *
 * Both take several datasets, whose classes may differ, and bring image files to 28x28. export
 * selects images, and names its destination last.
 */
#include "../common/choice.h"
#include "../common/commands.h"
#include "../common/endings.h"
#include "../common/interrupt.h"
#include "../common/outputs.h"
#include "../common/processors.h"
#include "../common/progress.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct settings {
	struct dataset_settings dataset;
	struct choice_settings choice;
	int form;              /* enum emnist_write_form; -1: from the name */
	uint64_t shard_nbytes; /* 0: one archive */
	bool force;
	const char *output_path;
	struct text_list operands;
};

/* In the order of enum emnist_write_form. */
static const char *const form_names[] = {"idx",     "csv",  "npy", "npz",
					 "folders", "flat", "tar", NULL};

#define RUN_OPTIONS DATASET_RUN_OPTIONS(dataset, "threads that read and write image files")

static const struct option_spec export_specs[] = {
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "auto"),
	OPTION_HEADING("Choice:"),
	CHOICE_OPTIONS(choice),
	DATASET_INDICES_OPTION(dataset),
	OPTION_HEADING("Output:"),
	OPTION_CHOICE(
		'f', "format", "FORM", form, form_names,
		"idx, csv (as on Kaggle), npy, npz, folders (PNG files in a folder per "
		"class), flat (PNG files in one folder) or tar (PNG files with their labels, for "
		"webdataset); default: by the ending of DEST, otherwise folders"),
	OPTION_SIZE(0, "shard-size", "SIZE", shard_nbytes, 1, OPTION_NO_MAXIMUM,
		    "with tar: write archives of at most this size, NAME-000000.tar and so on"),
	OPTION_FLAG(0, "force", force,
		    "replace existing files, or write PNG files to a folder that is not empty"),
	RUN_OPTIONS,
	OPTION_END,
};

static const struct option_table export_table = {
	.usage = "dataset export [OPTION]... DATASET... DEST",
	.summary = "Write all or selected images of datasets to DEST: files such as "
		   "NAME-images-idx3-ubyte.gz, NAME.csv, NAME.npz, NAME.npy, NAME.tar, or a folder "
		   "of PNG files with their list, labels.csv.",
	.after = "Exit status: 0 everything was written, 1 some image files could not be read, 2 "
		 "wrong usage, or the dataset or output failed.",
	.specs = export_specs,
};

static const struct option_spec import_specs[] = {
	OPTION_TEXT('o', "output", "STEM", output_path,
		    "write STEM-images-idx3-ubyte, STEM-labels-idx1-ubyte and STEM-mapping.txt, "
		    "the first two compressed if STEM ends in .gz; required"),
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "auto"),
	RUN_OPTIONS,
	OPTION_END,
};

static const struct option_table import_table = {
	.usage = "dataset import [OPTION]... -o STEM IMAGES...",
	.summary = "Bring image files to 28x28 and write them as a dataset to train on. IMAGES is "
		   "a folder with a folder of image files per class, a list of image files and "
		   "their labels, or any other dataset.",
	.after = "Exit status: 0 everything was written, 1 some image files could not be read, 2 "
		 "wrong usage, or a dataset or the output failed.",
	.specs = import_specs,
};

/* The format according to the output's name: an index into form_names; -1: none. A folder has no
 * extension, or exists, or has a slash at the end. */
static int form_of(const char *path)
{
	static const struct {
		const char *end;
		enum emnist_write_form form;
	} endings[] = {
		{"-images-idx3-ubyte", EMNIST_WRITE_IDX},
		{"-images-idx3-ubyte.gz", EMNIST_WRITE_IDX},
		{".csv", EMNIST_WRITE_CSV},
		{".npy", EMNIST_WRITE_NPY},
		{".npz", EMNIST_WRITE_NPZ},
		{".tar", EMNIST_WRITE_TAR},
	};

	struct stat st;

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (ends_with(path, endings[i].end))
			return (int)endings[i].form;
	if (ends_with(path, "/") || !ending_of(path) ||
	    (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return EMNIST_WRITE_FOLDERS;
	return -1;
}

/* Determines the output format if no option gave it. */
static bool settle_form(struct settings *s, const char *path)
{
	if (s->form < 0)
		s->form = form_of(path);
	if (s->form < 0)
		complain("'%s': unknown ending; use -images-idx3-ubyte, -images-idx3-ubyte.gz, "
			 ".csv, .npy, .npz, .tar, none for a folder, or --format",
			 path);
	if (s->form >= 0 && s->form != EMNIST_WRITE_TAR && s->shard_nbytes) {
		complain("--shard-size is for tar archives");
		return false;
	}
	return s->form >= 0;
}

/* A stem of idx files' names must not have the ending of other files. */
static bool check_stem(const char *stem)
{
	static const char *const others[] = {".csv", ".npy", ".npz", ".zip", ".mat",
					     ".tar", ".tgz", ".png", ".onnx"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (ends_with(stem, others[i])) {
			complain("--output: '%s': only idx files can be written; for %s see "
				 "'emnist dataset export --help'",
				 stem, others[i]);
			return false;
		}
	return true;
}

/* ---------------------------------------------------------------------- copying */

/* From datasets to a writer. */
struct copy {
	struct settings *s;
	struct emnist_writer *writer;
	struct progress progress;
	const char *dest;
	uint64_t n_written;
	uint64_t n_images; /* of all datasets */
};

static bool write_batch(struct copy *copy, const struct choice_batch *batch)
{
	struct emnist_error error;

	if (emnist_writer_add(copy->writer, batch->n, batch->pixels, batch->classes, batch->numbers,
			      &error)) {
		progress_make_way();
		complain_of(copy->dest, &error);
		return false;
	}
	copy->n_written += batch->n;
	return true;
}

/* Writes the selected images. */
static bool copy_images(struct copy *copy, struct choice *choice)
{
	struct choice_batch *batch = choice_batch_new();
	bool good = batch != NULL;

	while (good && !interrupt_came()) {
		good = choice_read(choice, batch) && write_batch(copy, batch);
		progress_update(&copy->progress, choice_n_seen(choice), copy->n_images);
		if (good && !batch->n)
			break;
	}
	free(batch);
	return good && !interrupt_came();
}

/* Gives the files their names. A dataset without images is an error. */
static enum exit_status finish(struct copy *copy)
{
	struct emnist_error error;

	if (!copy->n_written) {
		complain("'%s': no images to write", copy->dest);
		return STATUS_FATAL;
	}
	if (emnist_writer_finish(copy->writer, &error)) {
		complain_of(copy->dest, &error);
		return STATUS_FATAL;
	}
	if (copy->s->dataset.verbose)
		complain("'%s': %llu images", copy->dest, (unsigned long long)copy->n_written);
	return STATUS_OK;
}

static bool begin(struct copy *copy, const struct emnist_labels *labels,
		  struct emnist_dataset *dataset)
{
	const struct settings *s = copy->s;
	const struct emnist_writer_options options = {
		.form = (enum emnist_write_form)s->form,
		.into_filled = s->force,
		.shard_nbytes = s->shard_nbytes,
		.n_threads = thread_count(s->dataset.n_threads),
		.inputs = &dataset,
		.n_inputs = 1,
	};
	struct emnist_error error;

	if (!emnist_writer_create(copy->dest, labels, &options, &copy->writer, &error)) {
		progress_start(&copy->progress, "images", s->dataset.quiet);
		return true;
	}
	complain_of(copy->dest, &error);
	return false;
}

/* A dataset is easily mistaken for the destination, so no existing file is replaced without
 * --force. The writer checks folders. */
static bool is_free(const struct settings *s, const char *dest)
{
	const char *const endings[] = {"", s->shard_nbytes ? "-000000.tar" : "-images-idx3-ubyte"};
	const bool has_ending = s->shard_nbytes && ends_with(dest, ".tar");
	const bool has_others = s->form == EMNIST_WRITE_IDX || s->shard_nbytes;
	char path[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < 1 + (size_t)has_others && !s->force; i++)
		if (snprintf(path, sizeof(path), "%.*s%s",
			     (int)(strlen(dest) - (has_ending ? strlen(".tar") : 0)), dest,
			     endings[i]) < PATH_MAX &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			complain("'%s': already exists; use --force to replace it", path);
			return false;
		}
	return true;
}

static enum exit_status copy_all(struct settings *s, const struct text_list *inputs,
				 const char *dest)
{
	struct copy copy = {.s = s, .dest = dest};
	enum exit_status status = STATUS_FATAL;
	char name[DATASETS_NAME_NBYTES];
	struct emnist_dataset *dataset;
	struct choice *choice;

	dataset = datasets_open(&s->dataset, inputs, EMNIST_PREPROCESS_AUTO);
	if (!dataset)
		return STATUS_FATAL;
	copy.n_images = emnist_dataset_count(dataset);
	choice = choice_open(&s->choice, dataset, datasets_name(inputs, name));
	interrupt_catch();
	if (choice && begin(&copy, choice_labels(choice), dataset) && is_free(s, dest)) {
		const bool good = copy_images(&copy, choice);

		progress_clear(&copy.progress);
		if (good)
			status = finish(&copy);
	}
	emnist_writer_free(copy.writer);
	choice_free(choice);
	emnist_dataset_free(dataset);
	interrupt_obey();
	return dataset_status(&s->dataset, status);
}

/* ---------------------------------------------------------------------- commands */

enum exit_status cmd_dataset_export(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1}, .choice = {.seed = 1}, .form = -1};
	enum exit_status status = STATUS_FATAL;
	const char *dest;

	if (!options_parse(&export_table, argc, argv, &s, &s.operands, &status))
		return status;
	dest = s.operands.n > 1 ? s.operands.texts[--s.operands.n] : NULL;
	if (!dest)
		complain("missing DATASET or DEST; see 'emnist dataset export --help'");
	else if (strcmp(dest, "-") == 0)
		complain("DEST: needs a name; standard output cannot hold several files");
	else if (settle_form(&s, dest) && outputs_add("DEST", dest))
		status = copy_all(&s, &s.operands, dest);
	free(s.operands.texts);
	return status;
}

enum exit_status cmd_dataset_import(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1},
			     .choice = {.seed = 1},
			     .form = EMNIST_WRITE_IDX,
			     .force = true};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&import_table, argc, argv, &s, &s.operands, &status))
		return status;
	if (!s.output_path || !s.operands.n)
		complain("%s; see 'emnist dataset import --help'",
			 s.output_path ? "missing IMAGES" : "missing -o STEM");
	else if (strcmp(s.output_path, "-") == 0)
		complain("--output: needs a name; standard output cannot hold several files");
	else if (check_stem(s.output_path))
		status = copy_all(&s, &s.operands, s.output_path);
	free(s.operands.texts);
	return status;
}
