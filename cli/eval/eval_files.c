/* eval_files.c - the separate files that an evaluation writes. */
#include "../../lib/draw/heatmap.h"
#include "../../lib/draw/montage.h"
#include "../common/endings.h"
#include "../common/outputs.h"
#include "../output/escape.h"
#include "eval_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONTAGE_COLUMNS 10

bool eval_files_check(const struct eval_files *files)
{
	const struct {
		const char *option, *path, *endings;
	} all[] = {
		{"--confusion", files->confusion, "csv txt png svg"},
		{"--report", files->report, "html htm"},
		{"--errors", files->errors, "csv txt"},
		{"--errors-montage", files->montage, "png"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].path && strcmp(all[i].path, "-") == 0) {
			complain("%s: needs a file; standard output is for the figures",
				 all[i].option);
			return false;
		}
		if (!ending_check(all[i].option, all[i].path, all[i].endings))
			return false;
	}
	return true;
}

static enum exit_status write_put(const char *path, const struct eval_report *report,
				  void (*put)(struct text *text, const struct eval_report *report))
{
	struct text text = {0};

	put(&text, report);
	return sink_put_text(path, &text);
}

static enum exit_status write_confusion_png(const char *path, const struct eval_report *report)
{
	enum exit_status status;
	struct emnist_error error;
	size_t nbytes;
	void *png;

	if (heatmap_encode(report->evaluation, &png, &nbytes, &error)) {
		complain_of(path, &error);
		return STATUS_FATAL;
	}
	status = sink_put(path, png, nbytes);
	free(png);
	return status;
}

static enum exit_status write_confusion(const char *path, const struct eval_report *report)
{
	if (has_ending(path, "png"))
		return write_confusion_png(path, report);
	return write_put(path, report,
			 has_ending(path, "svg") ? eval_put_confusion_svg : eval_put_confusion);
}

/* A mistake a line, in the dataset's order. */
static bool put_error(struct text *text, const struct emnist_evaluation *e,
		      const struct emnist_answer *answer, struct emnist_dataset *dataset,
		      struct emnist_error *error)
{
	const char *path;
	uint32_t index;

	if (emnist_dataset_origin(dataset, answer->image, &index, &path, error))
		return false;
	text_printf(text, "%" PRIu32 ",", index);
	csv_put_field(text, emnist_labels_text(e->true_labels, answer->true_class));
	text_putc(text, ',');
	csv_put_field(text, emnist_labels_text(e->predicted_labels, answer->predicted_class));
	text_putc(text, ',');
	text_share(text, (double)answer->probability, 6);
	text_putc(text, ',');
	text_share(text, (double)answer->true_probability, 6);
	text_putc(text, ',');
	if (answer->rank != EMNIST_NO_RANK)
		text_printf(text, "%d", answer->rank + 1);
	text_putc(text, ',');
	if (path)
		csv_put_field(text, path);
	text_putc(text, '\n');
	return true;
}

static enum exit_status write_errors(const char *path, const struct emnist_evaluation *e,
				     struct emnist_dataset *dataset)
{
	struct text text = {0};
	struct emnist_error error;

	text_puts(&text, "index,true,predicted,probability,true_probability,rank,path\n");
	for (uint64_t i = 0; i < e->n_images; i++)
		if (e->answers[i].rank && !put_error(&text, e, &e->answers[i], dataset, &error)) {
			complain_of(path, &error);
			text_release(&text);
			return STATUS_FATAL;
		}
	return sink_put_text(path, &text);
}

/* "1 → l", and how probable it was. */
static enum emnist_status add_picture(struct montage *montage, const struct emnist_evaluation *e,
				      const struct eval_picture *picture,
				      struct emnist_error *error)
{
	const struct emnist_answer *answer = &picture->answer;
	char label[640];

	snprintf(label, sizeof(label), "%s \xe2\x86\x92 %s\n%.1f %%",
		 emnist_labels_text(e->true_labels, answer->true_class),
		 emnist_labels_text(e->predicted_labels, answer->predicted_class),
		 100 * cut_probability((double)answer->probability, 3));
	return montage_add(montage, picture->pixels, label, error);
}

static enum exit_status write_montage(const char *path, const struct eval_report *report)
{
	const struct eval_pictures *mistakes = report->mistakes;
	const struct montage_options options = {
		.n_columns =
			mistakes->n < MONTAGE_COLUMNS ? (uint32_t)mistakes->n : MONTAGE_COLUMNS,
		.title = "most confident mistakes: true \xe2\x86\x92 predicted",
	};
	struct montage *montage = NULL;
	enum exit_status status = STATUS_FATAL;
	enum emnist_status made;
	struct emnist_error error;
	size_t nbytes;
	void *png = NULL;

	if (!mistakes->n) {
		complain("'%s': no mistakes to show", path);
		return STATUS_OK;
	}
	made = montage_create(&options, &montage, &error);
	for (size_t i = 0; i < mistakes->n && !made; i++)
		made = add_picture(montage, report->evaluation, &mistakes->items[i], &error);
	if (!made)
		made = montage_encode(montage, &png, &nbytes, &error);
	if (made)
		complain_of(path, &error);
	else
		status = sink_put(path, png, nbytes);
	free(png);
	montage_free(montage);
	return status;
}

enum exit_status eval_files_write(const struct eval_files *files, const struct eval_report *report,
				  struct emnist_dataset *dataset)
{
	enum exit_status status = STATUS_OK;

	if (files->confusion)
		status = write_confusion(files->confusion, report);
	if (files->errors && status == STATUS_OK)
		status = write_errors(files->errors, report->evaluation, dataset);
	if (files->montage && status == STATUS_OK)
		status = write_montage(files->montage, report);
	if (files->report && status == STATUS_OK)
		status = write_put(files->report, report, eval_put_html);
	return status;
}
