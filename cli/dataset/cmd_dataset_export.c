/*
 * cmd_dataset_export.c - emnist dataset export and import: writes images of datasets in another
 * format.
 *
 * Both read datasets like all commands. import takes several, whose classes may differ, and
 * preprocesses their image files to 28x28.
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
	.usage = "dataset export [OPTION]... DATASET DEST",
	.summary = "Write all or selected images of a dataset to DEST: files such as "
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
	uint64_t n_before; /* images of the datasets before this one */
	uint64_t n_images; /* of all datasets */
};

/* map: the writer's class for each of the dataset's; NULL: the same. */
static bool write_batch(struct copy *copy, struct choice_batch *batch, const uint16_t *map)
{
	struct emnist_error error;

	for (size_t i = 0; i < batch->n; i++) {
		batch->numbers[i] += copy->n_before;
		if (map)
			batch->classes[i] = map[batch->classes[i]];
	}
	if (emnist_writer_add(copy->writer, batch->n, batch->pixels, batch->classes, batch->numbers,
			      &error)) {
		progress_make_way();
		complain_of(copy->dest, &error);
		return false;
	}
	copy->n_written += batch->n;
	return true;
}

/* Writes the selected images of a dataset. */
static bool copy_images(struct copy *copy, struct choice *choice, const uint16_t *map)
{
	struct choice_batch *batch = choice_batch_new();
	bool good = batch != NULL;

	while (good && !interrupt_came()) {
		good = choice_read(choice, batch) && write_batch(copy, batch, map);
		progress_update(&copy->progress, copy->n_before + choice_n_seen(choice),
				copy->n_images);
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

/* inputs: (n_inputs) paths to read. */
static bool begin(struct copy *copy, const struct emnist_labels *labels,
		  struct emnist_dataset *const *inputs, size_t n_inputs)
{
	const struct settings *s = copy->s;
	const struct emnist_writer_options options = {
		.form = (enum emnist_write_form)s->form,
		.into_filled = s->force,
		.shard_nbytes = s->shard_nbytes,
		.n_threads = thread_count(s->dataset.n_threads),
		.inputs = inputs,
		.n_inputs = n_inputs,
	};
	struct emnist_error error;

	if (!emnist_writer_create(copy->dest, labels, &options, &copy->writer, &error)) {
		progress_start(&copy->progress, "images", s->dataset.quiet);
		return true;
	}
	complain_of(copy->dest, &error);
	return false;
}

/* ----------------------------------------------------------------------- export */

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

static enum exit_status export_dataset(struct settings *s, const char *path, const char *dest)
{
	struct copy copy = {.s = s, .dest = dest};
	enum exit_status status = STATUS_FATAL;
	struct emnist_dataset *dataset;
	struct choice *choice;

	dataset = dataset_open(&s->dataset, path, EMNIST_PREPROCESS_AUTO);
	if (!dataset)
		return STATUS_FATAL;
	if (s->dataset.verbose)
		dataset_tell(dataset, path);
	copy.n_images = emnist_dataset_count(dataset);
	choice = choice_open(&s->choice, dataset, path);
	interrupt_catch();
	if (choice && begin(&copy, choice_labels(choice), &dataset, 1) && is_free(s, dest)) {
		const bool good = copy_images(&copy, choice, NULL);

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

enum exit_status cmd_dataset_export(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1}, .choice = {.seed = 1}, .form = -1};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&export_table, argc, argv, &s, &s.operands, &status))
		return status;
	if (s.operands.n != 2) {
		complain("missing DATASET or DEST; see 'emnist dataset export --help'");
	} else if (strcmp(s.operands.texts[1], "-") == 0) {
		complain("DEST: needs a name; standard output cannot hold several files");
	} else if (settle_form(&s, s.operands.texts[1]) &&
		   outputs_add("DEST", s.operands.texts[1])) {
		status = export_dataset(&s, s.operands.texts[0], s.operands.texts[1]);
	}
	free(s.operands.texts);
	return status;
}

/* ----------------------------------------------------------------------- import */

struct intake {
	struct emnist_dataset **datasets; /* (n) */
	size_t n;
	struct emnist_labels *labels; /* of all */
	uint16_t **maps;              /* (n): for each class of a dataset, its entry in labels */
};

static void intake_release(struct intake *intake)
{
	for (size_t i = 0; i < intake->n; i++) {
		emnist_dataset_free(intake->datasets[i]);
		free(intake->maps[i]);
	}
	free(intake->datasets);
	free(intake->maps);
	emnist_labels_free(intake->labels);
}

static bool open_all(struct settings *s, struct intake *intake)
{
	intake->datasets = calloc(s->operands.n, sizeof(*intake->datasets));
	intake->maps = calloc(s->operands.n, sizeof(*intake->maps));
	if (!intake->datasets || !intake->maps) {
		complain("out of memory");
		return false;
	}
	for (; intake->n < s->operands.n; intake->n++) {
		const char *path = s->operands.texts[intake->n];

		intake->datasets[intake->n] =
			dataset_open(&s->dataset, path, EMNIST_PREPROCESS_AUTO);
		if (!intake->datasets[intake->n])
			return false;
		if (s->dataset.verbose)
			dataset_tell(intake->datasets[intake->n], path);
	}
	return true;
}

/* One set of classes for all datasets. */
static bool join_classes(struct intake *intake)
{
	const struct emnist_labels **all = calloc(intake->n, sizeof(*all));
	struct emnist_error error = {.message = "out of memory"};
	bool good = all != NULL;

	for (size_t i = 0; i < intake->n && good; i++) {
		all[i] = emnist_dataset_labels(intake->datasets[i]);
		intake->maps[i] = calloc(emnist_labels_count(all[i]), sizeof(**intake->maps));
		good = intake->maps[i] != NULL;
	}
	if (good)
		good = !emnist_labels_join(all, intake->n, &intake->labels, intake->maps, &error);
	if (!good)
		complain("%s", error.message);
	free(all);
	return good;
}

static enum exit_status import_all(struct settings *s, struct intake *intake)
{
	struct copy copy = {.s = s, .dest = s->output_path};
	enum exit_status status = STATUS_FATAL;
	bool good;

	if (!open_all(s, intake) || !join_classes(intake))
		return STATUS_FATAL;
	for (size_t i = 0; i < intake->n; i++)
		copy.n_images += emnist_dataset_count(intake->datasets[i]);
	interrupt_catch();
	good = begin(&copy, intake->labels, intake->datasets, intake->n);
	for (size_t i = 0; i < intake->n && good; i++) {
		struct choice *all =
			choice_open(&s->choice, intake->datasets[i], s->operands.texts[i]);

		good = all && copy_images(&copy, all, intake->maps[i]);
		copy.n_before += emnist_dataset_count(intake->datasets[i]);
		choice_free(all);
	}
	progress_clear(&copy.progress);
	if (good)
		status = finish(&copy);
	emnist_writer_free(copy.writer);
	return dataset_status(&s->dataset, status);
}

enum exit_status cmd_dataset_import(int argc, char **argv)
{
	struct settings s = {
		.dataset = {.preprocess = -1}, .choice = {.seed = 1}, .form = EMNIST_WRITE_IDX};
	enum exit_status status = STATUS_FATAL;
	struct intake intake = {0};

	if (!options_parse(&import_table, argc, argv, &s, &s.operands, &status))
		return status;
	if (!s.output_path || !s.operands.n)
		complain("%s; see 'emnist dataset import --help'",
			 s.output_path ? "missing IMAGES" : "missing -o STEM");
	else if (strcmp(s.output_path, "-") == 0)
		complain("--output: needs a name; standard output cannot hold several files");
	else if (check_stem(s.output_path))
		status = import_all(&s, &intake);
	intake_release(&intake);
	free(s.operands.texts);
	interrupt_obey();
	return status;
}
