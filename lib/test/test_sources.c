/*
 * test_sources.c - datasets in formats other than idx: that each gives the same images and classes
 * as the idx files they were made of (testdata/generate_formats.py), and what is said of damaged
 * ones.
 */
#include "../dataset/rows.h"
#include "../dataset/source.h"
#include "../labels/class_names.h"
#include "bytes.h"
#include "contents.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER   "testdata/formats/"
#define ORIGINAL "testdata/idx/strokes-byclass-test"

/* That the dataset has the images of the idx files. */
static void check_same(const char *path, const struct emnist_dataset_options *options,
		       const char *description)
{
	static struct contents contents, original;

	read_good(ORIGINAL, options && options->indices ? options : NULL, &original);
	read_good(path, options, &contents);
	assert_int_equal(contents.n, original.n);
	assert_memory_equal(contents.pixels, original.pixels, sizeof(contents.pixels));
	assert_string_equal(contents.texts, original.texts);
	assert_string_equal(contents.description, description);
}

static void check_fails(const char *path, const struct emnist_dataset_options *options,
			enum emnist_status wanted, const char *message)
{
	static struct contents contents;
	struct emnist_error error = {0};
	enum emnist_status status = read_dataset(path, options, 7, &contents, &error);

	assert_string_equal(error.message, message);
	assert_int_equal(status, wanted);
}

/* ------------------------------------------------------------- the same from each */

static void test_same(void **state)
{
	static const struct {
		const char *path, *description;
	} formats[] = {
		{FOLDER "strokes-byclass.csv", "CSV, transposed"},
		{FOLDER "strokes-byclass", "CSV, transposed"},
		{FOLDER "header.csv.gz", "CSV, upright"},
		{FOLDER "list.csv", "a list of image files, labels are characters"},
		{FOLDER "list.tsv", "a list of image files, labels are characters"},
		{FOLDER "numbers.csv", "a list of image files, labels are class numbers"},
	};
	static const uint32_t indices[] = {39, 3, 3, 0};
	const struct emnist_dataset_options some = {.indices = indices, .n_indices = 4};

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		check_same(formats[i].path, NULL, formats[i].description);
		check_same(formats[i].path, &some, formats[i].description);
	}
}

static void test_transpose(void **state)
{
	static struct contents upright, turned;
	struct emnist_dataset_options options = {.transpose = EMNIST_TRANSPOSE_YES};

	(void)state;
	read_good(FOLDER "header.csv.gz", NULL, &upright);
	read_good(FOLDER "header.csv.gz", &options, &turned);
	assert_int_equal(upright.pixels[9 * 28 + 14], turned.pixels[14 * 28 + 9]);
	assert_memory_not_equal(upright.pixels, turned.pixels, 784);
	read_good(FOLDER "list.tsv", &options, &turned);
	assert_memory_not_equal(upright.pixels, turned.pixels, 784);
}

/* ------------------------------------------------------------------ files to be made */

static char scratch[64];

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int make_scratch(void **state)
{
	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/emnist-sources.XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	(void)state;
	return nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the scratch folder; the folders on its way are made. */
static const char *in_scratch(const char *name)
{
	static char paths[4][512];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
	for (char *slash = path + strlen(scratch) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
		*slash = '/';
	}
	return path;
}

static const char *write_file(const char *name, const char *text, size_t nbytes)
{
	const char *path = in_scratch(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, nbytes, file), nbytes);
	fclose(file);
	return path;
}

/* Links image number n to a name in the scratch folder. */
static void link_image(unsigned n, const char *name)
{
	char target[512], cwd[256];

	assert_non_null(getcwd(cwd, sizeof(cwd)));
	snprintf(target, sizeof(target), "%s/" FOLDER "images/%02u.png", cwd, n);
	if (symlink(target, in_scratch(name)) < 0)
		fail_msg("%s: %s", name, strerror(errno));
}

/* -------------------------------------------------------------------- damaged CSV */

/* A line of n values behind a label. */
static void put_line(char *text, const char *label, unsigned n, const char *last)
{
	sprintf(text + strlen(text), "%s", label);
	for (unsigned i = 1; i < n; i++)
		strcat(text, ",0");
	strcat(strcat(text, ","), last);
}

static void test_damaged_csv(void **state)
{
	static const struct {
		const char *label;
		unsigned n;
		const char *last;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{"1", 784, "256\n", EMNIST_ERR_CORRUPT,
		 "line 2, column 785: '256' is not a whole number from 0 to 255"},
		{"1", 784, "-1", EMNIST_ERR_CORRUPT,
		 "line 2, column 785: '-1' is not a whole number from 0 to 255"},
		{"1", 784, "0.5\n", EMNIST_ERR_CORRUPT,
		 "line 2, column 785: '0.5' is a fraction, among whole numbers above 1"},
		{"1", 784, "\n", EMNIST_ERR_CORRUPT,
		 "line 2, column 785: '' is not a whole number from 0 to 255"},
		{"A", 784, "0\n", EMNIST_ERR_CORRUPT,
		 "line 2, column 1: 'A' is not a class number"},
		{"65536", 784, "0\n", EMNIST_ERR_CORRUPT,
		 "line 2, column 1: '65536' is not a class number"},
		{"1", 783, "0\n", EMNIST_ERR_CORRUPT, "line 2: 784 columns, but 785 in line 1"},
		{"1", 785, "0\n", EMNIST_ERR_CORRUPT, "line 2: 786 columns, but 785 in line 1"},
		{"1", 784, "\"0\n", EMNIST_ERR_CORRUPT, "line 2: a quote is not closed"},
		{"1", 784, "\"0\"1\n", EMNIST_ERR_CORRUPT, "line 2: text after a closing quote"},
		{"70", 784, "0\n", EMNIST_ERR_UNSUPPORTED,
		 "the labels go up to 70, which needs a mapping file"},
	};
	static char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text[0] = '\0';
		put_line(text, "0", 784, "255\n");
		put_line(text, cases[i].label, cases[i].n, cases[i].last);
		check_fails(write_file("damaged.csv", text, strlen(text)), NULL, cases[i].status,
			    cases[i].message);
	}
	check_fails(in_scratch("damaged"), NULL, EMNIST_ERR_UNSUPPORTED,
		    "the labels go up to 70, which needs a mapping file");
	text[0] = '\0';
	put_line(text, "0", 784, "255\n");
	text[100] = '\0';
	check_fails(write_file("damaged.csv", text, 1571), NULL, EMNIST_ERR_FORMAT,
		    "not a dataset: neither idx, MATLAB, NumPy, CSV, pen strokes, a zip or tar "
		    "archive of these, nor a "
		    "list of image files");
	check_fails(write_file("damaged.csv", "", 0), NULL, EMNIST_ERR_FORMAT, "the file is empty");
}

/* A fault in the first line is what it is in any other, and makes no header of it. */
static void test_damaged_first_line(void **state)
{
	static const struct {
		const char *label, *last, *message;
	} cases[] = {
		{"1", "-1\n", "line 1, column 785: '-1' is not a whole number from 0 to 255"},
		{"1", "\n", "line 1, column 785: '' is not a whole number from 0 to 255"},
		{"1", "x\n", "line 1, column 785: 'x' is not a whole number from 0 to 255"},
		{"1", "+7\n", "line 1, column 785: '+7' is not a whole number from 0 to 255"},
		{"1", "nan\n", "line 1, column 785: 'nan' is not a whole number from 0 to 255"},
		{"1", "100000000000000000000\n",
		 "line 1, column 785: '100000000000000000000' is not a whole number from 0 to 255"},
		{"1", "1e\n", "line 1, column 785: '1e' is not a whole number from 0 to 255"},
		{"1", ".\n", "line 1, column 785: '.' is not a whole number from 0 to 255"},
		{"1", "17.5\n", "line 1, column 785: '17.5' is not a whole number from 0 to 255"},
		{"1", "1e999\n", "line 1, column 785: '1e999' is not a whole number from 0 to 255"},
		{"", "0\n", "line 1, column 1: '' is not a class number"},
		{"A", "0\n", "line 1, column 1: 'A' is not a class number"},
		{"label", "0\n", "line 1, column 1: 'label' is not a class number"},
	};
	static char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text[0] = '\0';
		put_line(text, cases[i].label, 784, cases[i].last);
		put_line(text, "1", 784, "0\n");
		check_fails(write_file("first.csv", text, strlen(text)), NULL, EMNIST_ERR_CORRUPT,
			    cases[i].message);
	}
}

/* What pandas makes of CSV: testdata/generate_tables.py. */
static void test_tables(void **state)
{
	static const struct {
		const char *path, *description, *label_column;
	} tables[] = {
		{FOLDER "tables/index.csv.gz", "CSV, upright", NULL},
		{FOLDER "tables/unnamed.csv.gz", "CSV, upright", NULL},
		{FOLDER "tables/index-no-header.csv.gz", "CSV, transposed", NULL},
		{FOLDER "tables/numbers.csv.gz", "CSV, transposed", NULL},
		{FOLDER "tables/label-last.csv.gz", "CSV, upright", NULL},
		{FOLDER "tables/last-no-header.csv.gz", "CSV, transposed", NULL},
		{FOLDER "tables/last-no-header.csv.gz", "CSV, transposed", "785"},
		{FOLDER "tables/other-name.csv.gz", "CSV, upright", "y"},
		{FOLDER "tables/other-name.csv.gz", "CSV, upright", "Y"},
		{FOLDER "tables/other-name.csv.gz", "CSV, upright", "1"},
		{FOLDER "tables/savetxt.csv.gz", "CSV, transposed", NULL},
		{FOLDER "tables/fractions.csv.gz", "CSV, fractions of 0 to 1 times 255, upright",
		 NULL},
		{FOLDER "tables/fractions-last.csv.gz",
		 "CSV, fractions of 0 to 1 times 255, transposed", NULL},
		{FOLDER "tables/savetxt-fractions.csv.gz",
		 "CSV, fractions of 0 to 1 times 255, transposed", NULL},
	};
	struct emnist_dataset_options options = {.label_column = "786"};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		options.label_column = tables[i].label_column;
		check_same(tables[i].path, &options, tables[i].description);
	}
}

/* What is said of a dataset at which people are to look. */
static void check_assumed(const char *path, const struct emnist_dataset_options *options,
			  enum emnist_assumed kind, const char *wanted)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;
	const char *text;

	if (emnist_dataset_open(path, options, &dataset, &error))
		fail_msg("%s: %s", path, error.message);
	text = emnist_dataset_assumed(dataset, kind);
	if (!wanted)
		assert_null(text);
	else
		assert_string_equal(text ? text : "(nothing)", wanted);
	emnist_dataset_free(dataset);
}

/* What pandas makes of CSV whose first image it took for a header. */
static void test_data_as_header(void **state)
{
	static const char fractions[] = "CSV, fractions of 0 to 1 times 255, transposed";
	static const struct {
		const char *path, *description;
	} tables[] = {
		{FOLDER "tables/data-as-header.csv.gz", "CSV, transposed"},
		{FOLDER "tables/fractions-as-header.csv.gz", fractions},
		{FOLDER "tables/short-as-header.csv.gz", fractions},
		{FOLDER "tables/savetxt-as-header.csv.gz", fractions},
	};
	static struct contents contents, original;

	(void)state;
	read_good(ORIGINAL, NULL, &original);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		read_good(tables[i].path, NULL, &contents);
		assert_int_equal(contents.n, original.n - 1);
		assert_memory_equal(contents.pixels, original.pixels + EMNIST_VECTOR_LENGTH,
				    contents.n * EMNIST_VECTOR_LENGTH);
		assert_string_equal(contents.description, tables[i].description);
		check_assumed(tables[i].path, NULL, EMNIST_ASSUMED_HEADER,
			      "line 1 is left out: a program took this image for column names");
	}
}

static void test_label_column(void **state)
{
	static const struct {
		const char *path, *label_column;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{FOLDER "tables/other-name.csv.gz", NULL, EMNIST_ERR_ARGUMENT,
		 "choose a label column: the header on line 1 has none called label, labels, "
		 "class, target or character, but 'y', '1x1' to '28x28'"},
		{FOLDER "tables/other-name.csv.gz", "z", EMNIST_ERR_ARGUMENT,
		 "no label column 'z': neither a name on line 1 nor a number from 1 to "
		 "785"},
		{FOLDER "tables/other-name.csv.gz", "786", EMNIST_ERR_ARGUMENT,
		 "no label column '786': neither a name on line 1 nor a number from 1 to "
		 "785"},
		{FOLDER "strokes-byclass.csv", "99999999999999999999", EMNIST_ERR_ARGUMENT,
		 "no label column '99999999999999999999': neither a name, since there is no "
		 "header, nor a number from 1 to 785"},
		{FOLDER "tables/index-no-header.csv.gz", "1", EMNIST_ERR_CORRUPT,
		 "line 1: 786 columns instead of a label and 784 values"},
		{FOLDER "tables/index.csv.gz", "1x1", EMNIST_ERR_CORRUPT,
		 "line 1: 783 columns of pixels beside the label instead of 784"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct emnist_dataset_options options = {.label_column =
								       cases[i].label_column};

		check_fails(cases[i].path, &options, cases[i].status, cases[i].message);
	}
}

/* The first n images of the CSV in the folder of formats, turned or not, under another name. */
static const char *write_rows(const char *name, unsigned n, bool turned)
{
	static uint8_t pixels[MAX_IMAGES * EMNIST_VECTOR_LENGTH];
	static struct contents original;
	const char *path = in_scratch(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	read_good(ORIGINAL, NULL, &original);
	memcpy(pixels, original.pixels, sizeof(pixels));
	for (unsigned i = 0; i < n; i++) {
		fprintf(file, "%u", i % 26);
		for (unsigned p = 0; p < EMNIST_VECTOR_LENGTH; p++)
			fprintf(file, ",%u",
				pixels[i * EMNIST_VECTOR_LENGTH +
				       (turned ? p % 28 * 28 + p / 28 : p)]);
		fputc('\n', file);
	}
	fclose(file);
	return path;
}

static void test_assumed(void **state)
{
	static const char upright
		[] = "assuming upright images, since the built-in model is more confident that way",
	 transposed[] =
		 "assuming transposed images, since the built-in model is more confident that way";
	const struct emnist_dataset_options given = {.transpose = EMNIST_TRANSPOSE_NO};

	(void)state;
	check_assumed(FOLDER "strokes-byclass.csv", NULL, EMNIST_ASSUMED_TRANSPOSE, transposed);
	check_assumed(FOLDER "header.csv.gz", NULL, EMNIST_ASSUMED_TRANSPOSE, upright);
	check_assumed(FOLDER "header.csv.gz", &given, EMNIST_ASSUMED_TRANSPOSE, NULL);
	check_assumed(ORIGINAL, NULL, EMNIST_ASSUMED_TRANSPOSE, NULL);
	check_assumed(write_rows("upright.csv", 40, false), NULL, EMNIST_ASSUMED_TRANSPOSE,
		      upright);
	check_assumed(write_rows("transposed.csv", 40, true), NULL, EMNIST_ASSUMED_TRANSPOSE,
		      transposed);
	check_assumed(write_rows("few.csv", 7, false), NULL, EMNIST_ASSUMED_TRANSPOSE,
		      "assuming transposed images, as is usual for CSV without a header; the "
		      "images do not show it");
	check_assumed(in_scratch("few.csv"), NULL, EMNIST_ASSUMED_MAPPING, NULL);
	check_assumed(in_scratch("upright.csv"), NULL, EMNIST_ASSUMED_MAPPING,
		      "assuming that labels 0 to 25 mean the letters A to Z");
	check_assumed(write_rows("some.csv", 20, false), NULL, EMNIST_ASSUMED_MAPPING,
		      "assuming that labels 0 to 19 mean the classes of EMNIST Balanced, 0-9 A-Z "
		      "and some of a-z");
	check_assumed(FOLDER "strokes-byclass.csv", NULL, EMNIST_ASSUMED_MAPPING, NULL);
	check_assumed(
		FOLDER "tables/last-no-header.csv.gz", NULL, EMNIST_ASSUMED_LABEL_COLUMN,
		"assuming labels in the last column, since the first one contains only zeros");
	check_assumed(FOLDER "tables/data-as-header.csv.gz", NULL, EMNIST_ASSUMED_HEADER,
		      "line 1 is left out: a program took this image for column names");
}

/* A line of a label and 784 zeros, but for a first and a last value. */
static void put_values(char *text, const char *first, const char *last)
{
	sprintf(text + strlen(text), "7,%s", first);
	put_line(text, "", 783, last);
	strcat(text, "\n");
}

/* Fractions are so in the whole file: what was read before the first of them is one as well, and a
 * value above 1 is an error. */
static void test_fractions(void **state)
{
	static const struct {
		const char *values[4], *message;
	} cases[] = {
		{{"1", "1", "0.498", "2e-3"}, NULL},
		{{"1", "0.498", "0", "1.0"}, NULL},
		{{"0", "5E-1", "1", ".25"}, NULL},
		{{"0.5", "0", "17", "0"},
		 "line 2, column 2: '17' is above 1, among fractions of 1"},
		{{"17", "0", "0.5", "0"},
		 "line 2, column 2: '0.5' is a fraction, among whole numbers above 1"},
		{{"0.5", "0", "0", "17"},
		 "line 2, column 785: it is above 1, among fractions of 1"},
		{{"0", "0.5", "0", "17"},
		 "line 2, column 785: '17' is above 1, among fractions of 1"},
		{{"17", "0", "0", "0.5"},
		 "line 2, column 785: it is a fraction, among whole numbers above 1"},
	};
	static struct contents contents;
	static char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const *values = cases[i].values;
		const char *path;

		text[0] = '\0';
		put_values(text, values[0], values[1]);
		put_values(text, values[2], values[3]);
		path = write_file("mixed.csv", text, strlen(text));
		if (cases[i].message) {
			check_fails(path, NULL, EMNIST_ERR_CORRUPT, cases[i].message);
			continue;
		}
		read_good(path, NULL, &contents);
		for (size_t k = 0; k < 4; k++)
			assert_int_equal(contents.pixels[k / 2 * 784 + k % 2 * 783],
					 lround(255 * strtod(values[k], NULL)));
	}
}

/* What people's programs write: a mark, CRLF, blanks, decimals, quotes, no end of the last line. */
static void test_odd_csv(void **state)
{
	static char text[8192] = "\xef\xbb\xbf";
	static struct contents contents;

	(void)state;
	put_line(text, "\"7\"", 784, "255\r\n\r\n");
	put_line(text, " 3.0", 784, "128.00");
	read_good(write_file("odd.csv", text, strlen(text)), NULL, &contents);
	assert_int_equal(contents.n, 2);
	assert_string_equal(contents.texts, "7 3");
	assert_int_equal(contents.pixels[783], 255);
	assert_int_equal(contents.pixels[2 * 784 - 1], 128);
	/* The label may be elsewhere, where a header says so. */
	text[0] = '\0';
	for (int i = 0; i < 784; i++)
		sprintf(text + strlen(text), "x%d,", i);
	strcat(text, "Class\n");
	put_line(text, "209", 784, "5\n");
	read_good(write_file("last.csv", text, strlen(text)), NULL, &contents);
	assert_string_equal(contents.texts, "5");
	assert_int_equal(contents.pixels[0], 209);
	assert_string_equal(contents.description, "CSV, upright");
	/* A mapping lies beside it. */
	write_file("last-mapping.txt", "5 65\n", 5);
	read_good(in_scratch("last.csv"), NULL, &contents);
	assert_string_equal(contents.texts, "A");
}

/* -------------------------------------------------------------------------- lists */

static void check_list(const char *text, enum emnist_status status, const char *message)
{
	check_fails(write_file("list.csv", text, strlen(text)), NULL, status, message);
}

static void test_damaged_lists(void **state)
{
	char huge[9000] = "a,b";

	(void)state;
	check_list("a.png,A\nb.png,\n", EMNIST_ERR_CORRUPT, "line 2: the label is empty");
	check_list("a.png,A\n\n,A\n", EMNIST_ERR_CORRUPT, "line 3: the path is empty");
	check_list("path,label\na.png,A,x\n", EMNIST_ERR_CORRUPT,
		   "line 2: 3 fields, but 2 in the first");
	check_list("a.png,A\nb.png,cat\n", EMNIST_ERR_FORMAT,
		   "'cat' is not a class: names must all be characters (A, A_caps, U+0041), "
		   "hexadecimal codes (41) or class numbers");
	check_list("a.png,\"A\n", EMNIST_ERR_CORRUPT, "line 1: a quote is not closed");
	memset(huge + 3, ',', sizeof(huge) - 4);
	huge[sizeof(huge) - 1] = '\0';
	check_list(huge, EMNIST_ERR_LIMIT, "line 1: more than 4096 fields");
}

struct bad_images {
	int n, answer;
	char path[512], message[256];
};

static int on_bad_image(void *context, const char *path, const struct emnist_error *error)
{
	struct bad_images *bad = context;

	bad->n++;
	snprintf(bad->path, sizeof(bad->path), "%s", path);
	snprintf(bad->message, sizeof(bad->message), "%s", error->message);
	return bad->answer;
}

static void test_bad_images(void **state)
{
	static const char list[] = "good.png,1\nbad.png,2\nfolder/good.png,3\n";
	static struct contents contents;
	static const uint32_t indices[] = {2, 1, 0};
	struct bad_images bad = {0};
	struct emnist_dataset_options options = {.bad_image = on_bad_image, .context = &bad};
	struct emnist_error error;
	char message[1024];
	const char *path;

	(void)state;
	link_image(1, "good.png");
	link_image(3, "folder/good.png");
	write_file("bad.png", "\x89PNG\r\n\x1a\nrest", 12);
	path = write_file("bad.csv", list, strlen(list));
	read_good(path, &options, &contents);
	assert_string_equal(contents.texts, "1 3");
	assert_int_equal(bad.n, 1);
	assert_string_equal(bad.path, in_scratch("bad.png"));
	options.indices = indices;
	options.n_indices = 3;
	read_good(path, &options, &contents);
	assert_string_equal(contents.texts, "3 1");
	assert_int_equal(bad.n, 2);
	/* The callback says no, or there is none. */
	snprintf(message, sizeof(message), "'%s': %s", bad.path, bad.message);
	for (bad.answer = 1;; options.bad_image = NULL) {
		assert_true(read_dataset(path, &options, 7, &contents, &error) != EMNIST_OK);
		assert_string_equal(error.message, message);
		if (!options.bad_image)
			break;
	}
}

/* ------------------------------------------------------------------------ joining */

/* Letters in both cases, and digits. */
static struct emnist_dataset *join_two(void)
{
	static const char *const paths[] = {"testdata/idx/strokes-letters",
					    "testdata/idx/strokes-digits-test"};
	struct emnist_dataset *parts[2], *joined;
	struct emnist_error error;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(emnist_dataset_open(paths[i], NULL, &parts[i], &error), EMNIST_OK);
	assert_int_equal(emnist_dataset_join(parts, 2, &joined, &error), EMNIST_OK);
	return joined;
}

static void test_join(void **state)
{
	struct emnist_dataset *joined = join_two(), *same;
	static uint8_t pixels[64 * EMNIST_VECTOR_LENGTH];
	uint16_t classes[64];
	struct emnist_error error;
	const char *path;
	uint32_t index;
	size_t n;

	(void)state;
	assert_int_equal(emnist_dataset_count(joined), 40);
	assert_int_equal(emnist_labels_count(emnist_dataset_labels(joined)), 36);
	assert_string_equal(emnist_dataset_describe(joined), "2 datasets, the first: idx");
	assert_int_equal(emnist_dataset_read(joined, 29, pixels, classes, &n, &error), EMNIST_OK);
	assert_int_equal(n, 29);
	assert_int_equal(emnist_dataset_origin(joined, 29, &index, &path, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_int_equal(emnist_dataset_read(joined, 64, pixels, classes, &n, &error), EMNIST_OK);
	assert_int_equal(n, 11);
	assert_string_equal(emnist_labels_text(emnist_dataset_labels(joined), classes[0]), "Yy");
	assert_string_equal(emnist_labels_text(emnist_dataset_labels(joined), classes[10]), "9");
	assert_int_equal(emnist_dataset_origin(joined, 39, &index, &path, &error), EMNIST_OK);
	assert_int_equal(index, 39);
	assert_null(path);
	assert_int_equal(emnist_dataset_read(joined, 64, pixels, classes, &n, &error), EMNIST_OK);
	assert_int_equal(n, 0);
	assert_null(emnist_dataset_assumed(joined, EMNIST_ASSUMED_MAPPING));
	assert_false(emnist_dataset_is_drawn(joined));
	assert_int_equal(emnist_dataset_join(&joined, 1, &same, &error), EMNIST_OK);
	assert_ptr_equal(same, joined);
	assert_int_equal(emnist_dataset_join(NULL, 0, &same, &error), EMNIST_ERR_ARGUMENT);
	emnist_dataset_free(joined);
}

/* ------------------------------------------------------------------------- MATLAB */

static void test_matlab(void **state)
{
	static const struct {
		const char *path, *split, *texts;
	} files[] = {
		{FOLDER "strokes.mat", "test", NULL},         {FOLDER "strokes", "test", NULL},
		{FOLDER "strokes.mat", "strokes-test", NULL}, {FOLDER "plain.mat", "test", NULL},
		{FOLDER "swapped.mat", "test", NULL},         {FOLDER "doubles.mat", NULL, NULL},
	};
	struct emnist_dataset_options options = {0};
	static struct contents contents, original;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		options.split = files[i].split;
		check_same(files[i].path, &options, "MATLAB, dataset.test");
	}
	check_same(FOLDER "fractions.mat", NULL,
		   "MATLAB, dataset.test, fractions of 0 to 1 times 255");
	check_fails(FOLDER "mixed.mat", NULL, EMNIST_ERR_CORRUPT,
		    "test: 'images': row 3, column 500: 17 is above 1, among fractions of 1");
	read_good(ORIGINAL, NULL, &original);
	options.split = "train";
	read_good(FOLDER "strokes.mat", &options, &contents);
	assert_int_equal(contents.n, 7);
	assert_memory_equal(contents.pixels, original.pixels, 7 * EMNIST_VECTOR_LENGTH);
	check_fails(FOLDER "strokes.mat", NULL, EMNIST_ERR_ARGUMENT, "choose a split: train, test");
	options.split = "validation";
	check_fails(FOLDER "strokes.mat", &options, EMNIST_ERR_ARGUMENT,
		    "no split 'validation': only train, test");
}

/* Writes plain.mat with the last occurrence of some bytes replaced by others. */
static const char *patched(const char *from, const char *to, size_t n)
{
	static struct bytes bytes;
	char *last = NULL, *found = bytes.data;

	load_bytes(FOLDER "plain.mat", &bytes);
	while ((found = memmem(found, bytes.n - (size_t)(found - bytes.data), from, n)))
		last = found++;
	assert_non_null(last);
	memcpy(last, to, n);
	return write_file("patched.mat", bytes.data, bytes.n);
}

static void test_damaged_matlab(void **state)
{
	static const struct {
		const char *from, *to;
		size_t n;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{"\0\1IM", "\0\2IM", 4, EMNIST_ERR_UNSUPPORTED,
		 "a MATLAB file of version 0x0200: only version 5, 0x0100, is supported"},
		{"\0\1IM", "\0\1XX", 4, EMNIST_ERR_CORRUPT,
		 "damaged MATLAB file: its header does not record the byte order"},
		{"MATLAB 5.0", "MATLAB 7.3", 10, EMNIST_ERR_UNSUPPORTED,
		 "MATLAB 7.3 (HDF5) is not supported: save the file with save('-v7')"},
		{"dataset", "datasex", 7, EMNIST_ERR_FORMAT,
		 "it has no variable 'dataset', as NIST's files have"},
		{"images", "imagex", 6, EMNIST_ERR_FORMAT, "test: it has no 'images'"},
		{"labels", "labelx", 6, EMNIST_ERR_FORMAT, "test: it has no 'labels'"},
		/* 40 x 784, 40 x 1, and the numbers' own length. */
		{"\x28\0\0\0\x10\3\0\0", "\x29\0\0\0\x10\3\0\0", 8, EMNIST_ERR_CORRUPT,
		 "test: damaged MATLAB file: 41x784 numbers of 1 bytes, but 31360 bytes of them"},
		{"\x28\0\0\0\x10\3\0\0", "\x40\6\0\0\x14\0\0\0", 8, EMNIST_ERR_CORRUPT,
		 "test: damaged MATLAB file: 1600x20 numbers of 1 bytes, but 31360 bytes of them"},
		{"\x28\0\0\0\x10\3\0\0", "\x10\3\0\0\x28\0\0\0", 8, EMNIST_ERR_UNSUPPORTED,
		 "test: 'images' is 784x40: expected a row of 784 numbers per image"},
		{"\2\0\0\0\x80\x7a\0\0", "\2\0\0\0\x80\x7a\0\1", 8, EMNIST_ERR_CORRUPT,
		 "test: damaged MATLAB file: 40x784 numbers of 1 bytes, but 16808576 bytes of "
		 "them"},
		{"\2\0\0\0\x80\x7a\0\0", "\x10\0\0\0\x80\x7a\0\0", 8, EMNIST_ERR_UNSUPPORTED,
		 "test: numbers of type 16 are not supported"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct emnist_dataset_options options = {.split = "test"};

		check_fails(patched(cases[i].from, cases[i].to, cases[i].n), &options,
			    cases[i].status, cases[i].message);
	}
	check_fails(write_file("hdf5.mat", "\x89HDF\r\n\x1a\n and more", 17), NULL,
		    EMNIST_ERR_UNSUPPORTED,
		    "MATLAB 7.3 (HDF5) is not supported: save the file with save('-v7')");
}

/* Files that SciPy made for the fuzzer, and a checksum that is wrong. */
static void test_odd_matlab(void **state)
{
	static const struct {
		const char *name;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{"three-labels", EMNIST_ERR_CORRUPT, "test: 2 images, but 3 labels"},
		{"no-labels", EMNIST_ERR_FORMAT, "test: it has no 'labels'"},
		{"label-negative", EMNIST_ERR_CORRUPT, "test: 'labels': -2 is not a class number"},
		{"dataset-of-numbers", EMNIST_ERR_UNSUPPORTED,
		 "the variable 'dataset' is not a struct, as in NIST's files"},
		{"no-dataset", EMNIST_ERR_FORMAT,
		 "it has no variable 'dataset', as NIST's files have"},
		{"rows-huge", EMNIST_ERR_CORRUPT,
		 "test: damaged MATLAB file: 2147483647x784 numbers of 1 bytes, but 1568 bytes of "
		 "them"},
		{"length-huge", EMNIST_ERR_CORRUPT, "damaged MATLAB file: it is cut short"},
		{"four-columns", EMNIST_ERR_CORRUPT,
		 "image 0 has the label 3, which is not one of the 10 classes"},
	};
	const struct emnist_dataset_options options = {.split = "test"};
	static struct bytes bytes;
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(path, sizeof(path), "lib/fuzz/corpus/matlab/%s", cases[i].name);
		check_fails(path, &options, cases[i].status, cases[i].message);
	}
	load_bytes(FOLDER "strokes.mat", &bytes);
	bytes.data[bytes.n - 1] ^= 1;
	check_fails(write_file("checksum.mat", bytes.data, bytes.n), &options, EMNIST_ERR_CORRUPT,
		    "damaged MATLAB file: incorrect data check");
}

static void test_matlab_cut_anywhere(void **state)
{
	static const char *const paths[] = {FOLDER "strokes.mat", FOLDER "plain.mat"};
	const struct emnist_dataset_options options = {.split = "test"};
	static struct contents contents;
	static struct bytes bytes;
	struct emnist_error error;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		load_bytes(paths[k], &bytes);
		for (size_t n = 8; n < bytes.n; n += n < 600 ? 1 : 997) {
			const char *path = write_file("cut.mat", bytes.data, n);

			if (!read_dataset(path, &options, 7, &contents, &error))
				fail_msg("%s is read, cut after %zu bytes", paths[k], n);
		}
	}
}

/* ------------------------------------------------------------------- names of classes */

static void check_names(const char *names, const char *mapping_text, const char *wanted)
{
	char copy[256], found[512] = "", *rest = copy;
	const char *list[16], *rule = "";
	struct emnist_labels *labels = NULL, *mapping = NULL;
	struct emnist_error error;
	uint16_t values[16];
	size_t n = 0;

	strcpy(copy, names);
	while ((list[n] = strsep(&rest, " ")))
		n++;
	if (mapping_text)
		assert_false(
			emnist_labels_parse(mapping_text, strlen(mapping_text), &mapping, NULL));
	if (class_names_read(list, n, mapping, values, &labels, &rule, &error)) {
		snprintf(found, sizeof(found), "%s", error.message);
	} else {
		strcpy(found, rule);
		for (size_t i = 0; i < n; i++) {
			const size_t at = labels ? emnist_labels_find(labels, values[i]) : 0;

			assert_true(at != SIZE_MAX);
			sprintf(found + strlen(found), " %u%s%s", values[i], labels ? "=" : "",
				labels ? emnist_labels_text(labels, at) : "");
		}
	}
	assert_string_equal(found, wanted);
	emnist_labels_free(labels);
	emnist_labels_free(mapping);
}

static void test_class_names(void **state)
{
	(void)state;
	check_names("a A 0 9 z", NULL, "characters 36=a 10=A 0=0 9=9 61=z");
	check_names("0 A_caps a_small b_caps B_lower", NULL, "characters 0=0 10=A 36=a 11=B 37=b");
	check_names("Cc A", NULL, "characters 12=Cc 10=A");
	check_names("C_both A_both 7", NULL, "characters 12=Cc 10=Aa 7=7");
	check_names("U+0041 U+00E9 U+0031_U+006C", NULL, "characters 10=A 62=é 1=1l");
	check_names("é + A", NULL, "characters 63=é 62=+ 10=A");
	check_names("4a 30 7A", NULL, "ASCII codes in hexadecimal 19=J 0=0 61=z");
	check_names("30 31 39", NULL, "ASCII codes in hexadecimal 0=0 1=1 9=9");
	check_names("0 10 61", NULL, "class numbers 0 10 61");
	check_names("00 01 02", NULL, "class numbers 0 1 2");
	check_names("1 2 3", NULL, "characters 1=1 2=2 3=3");
	check_names("A A_caps 9", NULL, "characters 10=A 10=A 9=9");
	check_names("A cat", NULL,
		    "'cat' is not a class: names must all be characters (A, A_caps, U+0041), "
		    "hexadecimal codes (41) or class numbers");
	check_names("A 10", NULL,
		    "'10' is not a class: names must all be characters (A, A_caps, U+0041), "
		    "hexadecimal codes (41) or class numbers");
	check_names("Ab", NULL,
		    "'Ab' is not a class: names must all be characters (A, A_caps, U+0041), "
		    "hexadecimal codes (41) or class numbers");
	check_names("\xff", NULL,
		    "'\xff' is not a class: names must all be characters (A, A_caps, U+0041), "
		    "hexadecimal codes (41) or class numbers");
	/* A mapping says what they are classes of, and makes numbers of digits. */
	check_names("1 2", "1 65\n2 66\n", "class numbers 1 2");
	check_names("B A", "1 65 97\n2 66\n", "characters 2 1");
	check_names("A C", "1 65\n2 66\n", "the class 'C' is not in the mapping");
	check_names("1 3", "1 65\n2 66\n", "the class '3' is not in the mapping");
}

/* ------------------------------------------------------------------------ folders */

static void test_folders(void **state)
{
	static const char text[] = "no image";
	struct emnist_dataset_options options = {0};
	static struct contents contents, original;
	struct bad_images bad = {0};

	(void)state;
	read_good(ORIGINAL, NULL, &original);
	link_image(2, "all/test/32/b.png");
	link_image(0, "all/test/30/hsf_0/deep/a.PNG");
	link_image(1, "all/test/31/c");
	write_file("all/test/31/hsf_0.mit", text, 8);
	write_file("all/test/.hidden/x.png", text, 8);
	assert_int_equal(symlink("..", in_scratch("all/test/31/loop")), 0);
	write_file("all/test/labels.csv", "x,y\n", 4);
	link_image(3, "all/train/3/a.png");
	read_good(in_scratch("all/test"), NULL, &contents);
	assert_string_equal(contents.texts, "0 1 2");
	assert_memory_equal(contents.pixels, original.pixels, 3 * EMNIST_VECTOR_LENGTH);
	assert_string_equal(contents.description, "image files in folders named by ASCII codes in "
						  "hexadecimal, 2 other files skipped");
	check_fails(in_scratch("all"), NULL, EMNIST_ERR_ARGUMENT, "choose a split: test, train");
	options.split = "train";
	read_good(in_scratch("all"), &options, &contents);
	assert_string_equal(contents.texts, "3");
	/* A damaged image. */
	write_file("all/train/5/bad.png", text, 8);
	options.bad_image = on_bad_image;
	options.context = &bad;
	read_good(in_scratch("all"), &options, &contents);
	assert_string_equal(contents.texts, "3");
	assert_int_equal(bad.n, 1);
	assert_string_equal(bad.path, in_scratch("all/train/5/bad.png"));
	/* A text without an ending is no image; one of a format that is not read is, and bad. */
	remove(in_scratch("all/train/5/bad.png"));
	write_file("all/train/5/README", text, 8);
	write_file("all/train/5/IMG_0001",
		   "\0\0\0\x18"
		   "ftypheic\0\0\0\0mif1heic",
		   24);
	read_good(in_scratch("all"), &options, &contents);
	assert_int_equal(bad.n, 2);
	assert_string_equal(bad.path, in_scratch("all/train/5/IMG_0001"));
}

static void test_split_of_one(void **state)
{
	struct emnist_dataset_options options = {.split = "test"};

	(void)state;
	check_same(ORIGINAL, &options, "idx");
	options.split = "byclass";
	check_same(FOLDER "strokes-byclass.csv", &options, "CSV, transposed");
	options.split = "train";
	check_fails(ORIGINAL, &options, EMNIST_ERR_ARGUMENT,
		    "'strokes-byclass-test-images-idx3-ubyte': no split 'train': it is a single "
		    "dataset");
	check_fails(FOLDER "list.csv", &options, EMNIST_ERR_ARGUMENT,
		    "no split 'train': it is a single dataset");
}

static void test_folders_of_files(void **state)
{
	struct emnist_dataset_options options = {.split = "sets-test"};
	static struct contents contents;
	static char text[4096];

	(void)state;
	link_image(4, "flat/x.png");
	check_fails(
		in_scratch("flat"), NULL, EMNIST_ERR_FORMAT,
		"the folder contains neither dataset files nor a folder of images for each class");
	write_file("flat/labels.csv", "x.png,4\n", 8);
	read_good(in_scratch("flat"), NULL, &contents);
	assert_string_equal(contents.texts, "4");
	put_line(text, "1", 784, "0\n");
	write_file("csv/emnist-letters-train.csv", text, strlen(text));
	read_good(in_scratch("csv"), NULL, &contents);
	assert_string_equal(contents.texts, "Aa");
	write_file("csv/emnist-digits-test.csv", text, strlen(text));
	check_fails(in_scratch("csv"), NULL, EMNIST_ERR_ARGUMENT,
		    "choose a split: digits-test, letters-train");
	options.split = "test";
	read_good(in_scratch("csv"), &options, &contents);
	assert_string_equal(contents.texts, "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_transpose),
		cmocka_unit_test(test_damaged_csv),
		cmocka_unit_test(test_odd_csv),
		cmocka_unit_test(test_damaged_first_line),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_data_as_header),
		cmocka_unit_test(test_label_column),
		cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_damaged_lists),
		cmocka_unit_test(test_bad_images),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_matlab),
		cmocka_unit_test(test_damaged_matlab),
		cmocka_unit_test(test_odd_matlab),
		cmocka_unit_test(test_matlab_cut_anywhere),
		cmocka_unit_test(test_class_names),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_split_of_one),
		cmocka_unit_test(test_folders_of_files),
	};

	return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
