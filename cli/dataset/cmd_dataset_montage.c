/*
 * cmd_dataset_montage.c - emnist dataset montage: a contact sheet of a dataset's images.
 */
#include "../../lib/draw/montage.h"
#include "../common/choice.h"
#include "../common/commands.h"
#include "../common/endings.h"
#include "../common/outputs.h"
#include "../output/text.h"

#include <stdlib.h>
#include <string.h>

/* The most images on a sheet unless chosen otherwise: more than anyone looks at. */
#define DEFAULT_MOST 1000

struct settings {
	struct dataset_settings dataset;
	struct choice_settings choice;
	const char *output_path;
	uint64_t n_columns, scale;
	bool dark, numbers;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_OUTPUT('o', "output", "FILE.png", output_path,
		      "write the sheet to FILE.png; - is standard output; required"),
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "auto"),
	OPTION_HEADING("Choice:"),
	CHOICE_OPTIONS(choice),
	DATASET_INDICES_OPTION(dataset),
	OPTION_HEADING("Sheet:"),
	OPTION_UNSIGNED(
		0, "columns", "N", n_columns, 1, 65536,
		"images per row; default: as many as make the sheet a third wider than high"),
	OPTION_UNSIGNED(0, "scale", "N", scale, 1, 16,
			"size of an image's pixel on the sheet; default: 2"),
	OPTION_FLAG(0, "numbers", numbers, "also write the number of each image"),
	OPTION_FLAG(0, "dark-sheet", dark, "light ink on a dark sheet"),
	DATASET_RUN_OPTIONS(dataset, "threads that read image files"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "dataset montage [OPTION]... -o FILE.png DATASET...",
	.summary = "Draw images side by side on one sheet, with their labels underneath. More than "
		   "1000 images have to be selected explicitly.",
	.after = "Exit status: 0 the sheet was written, 1 some image files could not be read, 2 "
		 "wrong usage, or a dataset or the output failed.",
	.specs = specs,
};

static bool is_chosen(const struct settings *s)
{
	return s->choice.range || s->choice.set || s->choice.n_sample || s->dataset.indices_path;
}

static bool add_image(const struct settings *s, struct montage *montage, const uint8_t *pixels,
		      const char *label, uint64_t number)
{
	struct emnist_error error;
	struct text text = {0};
	bool good;

	text_puts(&text, label);
	if (s->numbers)
		text_printf(&text, "\n#%llu", (unsigned long long)number);
	text_putc(&text, '\0');
	good = !text.failed && !montage_add(montage, pixels, text.bytes, &error);
	if (!good)
		complain("%s", text.failed ? "out of memory" : error.message);
	text_release(&text);
	return good;
}

static bool add_batch(const struct settings *s, struct montage *montage,
		      const struct choice_batch *batch, const struct emnist_labels *labels)
{
	for (size_t i = 0; i < batch->n; i++)
		if (!add_image(s, montage, batch->pixels + i * EMNIST_VECTOR_LENGTH,
			       emnist_labels_text(labels, batch->classes[i]), batch->numbers[i]))
			return false;
	return true;
}

static bool add_images(const struct settings *s, struct montage *montage, struct choice *choice,
		       const char *path)
{
	struct choice_batch *batch = choice_batch_new();
	bool good = batch != NULL;

	while (good) {
		good = choice_read(choice, batch);
		if (!good || !batch->n)
			break;
		if (!is_chosen(s) && montage_count(montage) + batch->n > DEFAULT_MOST) {
			complain("'%s': more than %d images: select with --range, --classes, "
				 "--sample or --indices",
				 path, DEFAULT_MOST);
			good = false;
		}
		good = good && add_batch(s, montage, batch, choice_labels(choice));
	}
	free(batch);
	return good;
}

static bool add_dataset(struct settings *s, struct montage *montage, const char *path)
{
	struct emnist_dataset *dataset = dataset_open(&s->dataset, path, EMNIST_PREPROCESS_AUTO);
	struct choice *choice = dataset ? choice_open(&s->choice, dataset, path) : NULL;
	bool good;

	if (choice && s->dataset.verbose)
		dataset_tell(dataset, path);
	good = choice && add_images(s, montage, choice, path);
	choice_free(choice);
	emnist_dataset_free(dataset);
	return good;
}

static enum exit_status write_sheet(const struct settings *s, const struct montage *montage)
{
	enum exit_status status;
	struct emnist_error error;
	size_t nbytes;
	void *png;

	if (!montage_count(montage)) {
		complain("'%s': no images to draw", s->output_path);
		return STATUS_FATAL;
	}
	if (montage_encode(montage, &png, &nbytes, &error)) {
		complain_of(s->output_path, &error);
		return STATUS_FATAL;
	}
	status = sink_put(s->output_path, png, nbytes);
	free(png);
	return status;
}

static enum exit_status draw(struct settings *s)
{
	const struct montage_options options = {
		.n_columns = (uint32_t)s->n_columns,
		.scale = (uint32_t)s->scale,
		.dark = s->dark,
	};
	enum exit_status status = STATUS_FATAL;
	struct montage *montage;
	struct emnist_error error;
	bool good = true;

	if (montage_create(&options, &montage, &error)) {
		complain("%s", error.message);
		return STATUS_FATAL;
	}
	for (size_t i = 0; i < s->operands.n && good; i++)
		good = add_dataset(s, montage, s->operands.texts[i]);
	if (good)
		status = write_sheet(s, montage);
	montage_free(montage);
	return dataset_status(&s->dataset, status);
}

enum exit_status cmd_dataset_montage(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1}, .choice = {.seed = 1}};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (!s.output_path || !s.operands.n)
		complain("%s; see 'emnist dataset montage --help'",
			 s.output_path ? "missing DATASET" : "missing -o FILE.png");
	else if (ending_check("--output", s.output_path, "png"))
		status = draw(&s);
	free(s.operands.texts);
	return status;
}
