/*
 * normalize.c - a character as EMNIST would have it, from any picture of it.
 *
 * EMNIST's images were made from 128x128 binary ones: blurred, cropped to the ink, put in the
 * middle of a square with the aspect kept, scaled to 28x28, stretched to 0..255 (Cohen et al.
 * 2017). Here the same is done with whatever comes: the steps are reduce (to a size that is quick
 * to work on), turn (paper is bright, ink dark), flatten (subtract the paper, also where light
 * falls unevenly), find (ink by a threshold, its connected components, without specks), and place.
 * Where the ink turns out to be a small part of a large picture, the steps are done again on that
 * part.
 *
 * Nothing here depends on the platform's rounding beyond IEEE floats, or on anything but the image.
 */
#include "preprocess.h"

#include <math.h>

/* Measured on the training images: at 50 % of the ink, the long side is 20 to 24 pixels; enlarged
 * eightfold, made binary and normalised again, they come back closest with this side and blur. */
#define INK_SIDE   22.25
#define BLUR_SIGMA 0.6

/* The standard deviation of averaging over a pixel. */
#define PIXEL_SIGMA 0.28867513459481287 /* sqrt(1 / 12) */

/* The least blur, where the picture itself is blurred already: that of EMNIST's last scaling. */
#define MIN_SIGMA PIXEL_SIGMA

/* And that which hides the squares that a small picture's pixels become, in sides of a square. */
#define SQUARE_SIGMA 0.4

/* Ink that differs from the paper by less, of 255, is none: what scanners and JPEG make of an empty
 * page stays below. */
#define MIN_CONTRAST 20.0f

/* Ink must stand out from the noise of the paper by this many standard deviations. */
#define NOISE_SIGMAS 4.0f

/* A border is paper when this share of it is on one side of the threshold. */
#define BORDER_SHARE 0.75f

/* Where the border does not tell, as in a tight crop: what is dark is the ink unless its shares of
 * the border and of the whole add up to more than this. In training images cropped to their ink
 * that is wrong for 2 % in dark ink and for 8 % in light ink, mostly bars that fill their box. */
#define MAX_INK_SHARES 1.1f

/* A component smaller than this share of the largest is a speck. */
#define SPECK_SHARE 0.02f

/* Ink below this share of its level is taken for blurred paper when components are formed. */
#define COMPONENT_LEVEL 0.4f

/* Paper is sampled at no more than this many points a side. */
#define SAMPLE_SIDE 24
#define MAX_SAMPLES (SAMPLE_SIDE * SAMPLE_SIDE)

/* Light that varies over the page by less, of 255, is even. */
#define MIN_LIGHT_RANGE 8.0f

/* The part of a picture that is looked at again has this share of the ink's long side around it,
 * and its own long side is at most that share of the whole's: else looking again would show no
 * more. */
#define ZOOM_MARGIN 0.35
#define ZOOM_SHARE  0.75

/* Rounds of looking closer; two or three are usual, each takes a quarter or more off the side. */
#define MAX_ROUNDS 8

struct frame {
	struct region region; /* of the picture */
	size_t width;         /* of the region when reduced */
	size_t height;
};

/* A rectangle in reduced pixels, its edges where the ink is at half its level. */
struct box {
	double left, top, right, bottom;
};

/* ------------------------------------------------------------------- turn */

/* The threshold between two classes of bytes that leaves the least variance within them (Otsu
 * 1979): the largest value of the darker class. */
static unsigned otsu_threshold(const uint32_t histogram[256])
{
	double n = 0, sum = 0, n_dark = 0, sum_dark = 0, best = -1;
	unsigned threshold = 0;

	for (unsigned v = 0; v < 256; v++) {
		n += histogram[v];
		sum += (double)v * histogram[v];
	}
	for (unsigned v = 0; v < 255; v++) {
		double gap, between;

		n_dark += histogram[v];
		sum_dark += (double)v * histogram[v];
		if (n_dark == 0 || n_dark == n)
			continue;
		gap = (sum - sum_dark) / (n - n_dark) - sum_dark / n_dark;
		between = n_dark * (n - n_dark) * gap * gap;
		if (between > best) {
			best = between;
			threshold = v;
		}
	}
	return threshold;
}

/* The share of the frame's border that is brighter than threshold. */
static float bright_border(const float *values, size_t width, size_t height, float threshold)
{
	size_t n = 0, n_bright = 0;

	for (size_t y = 0; y < height; y++) {
		const size_t step = y == 0 || y == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t x = 0; x < width; x += step) {
			n++;
			n_bright += values[y * width + x] > threshold;
		}
	}
	return (float)n_bright / (float)n;
}

/* Whether the ink is the bright part of the picture. */
static bool ink_is_bright(const float *values, size_t width, size_t height)
{
	const size_t n = width * height;
	uint32_t histogram[256] = {0};
	float border, threshold;
	size_t n_dark = 0;

	for (size_t i = 0; i < n; i++)
		histogram[(uint8_t)(values[i] + 0.5f)]++;
	threshold = (float)otsu_threshold(histogram) + 0.5f;
	border = bright_border(values, width, height, threshold);
	if (border >= BORDER_SHARE)
		return false;
	if (border <= 1 - BORDER_SHARE)
		return true;
	for (size_t i = 0; i < n; i++)
		n_dark += values[i] <= threshold;
	return (1 - border) + (float)n_dark / (float)n > MAX_INK_SHARES;
}

/* ---------------------------------------------------------------- flatten */

/* Brightness over the page as a polynomial: c0 + c1 x + c2 y + c3 x^2 + c4 x y + c5 y^2 with x and
 * y in [-1,1]; held within the range of what it was fitted to. */
#define N_TERMS 6
struct light {
	double c[N_TERMS];
	float least;
	float most;
};

struct sample {
	float x, y, value;
	float weight;
};

static void light_terms(double x, double y, double terms[N_TERMS])
{
	terms[0] = 1;
	terms[1] = x;
	terms[2] = y;
	terms[3] = x * x;
	terms[4] = x * y;
	terms[5] = y * y;
}

static float light_at(const struct light *light, double x, double y)
{
	double terms[N_TERMS], value = 0;

	light_terms(x, y, terms);
	for (int i = 0; i < N_TERMS; i++)
		value += light->c[i] * terms[i];
	if (value < light->least)
		return light->least;
	return value > light->most ? light->most : (float)value;
}

/* Solves the symmetric a c = b by Cholesky's factors; false where a has no definite ones. */
static bool solve(double a[N_TERMS][N_TERMS], const double b[N_TERMS], double c[N_TERMS])
{
	for (int i = 0; i < N_TERMS; i++)
		for (int j = 0; j <= i; j++) {
			double sum = a[i][j];

			for (int k = 0; k < j; k++)
				sum -= a[i][k] * a[j][k];
			if (i == j && !(sum > 1e-9))
				return false;
			a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
		}
	for (int i = 0; i < N_TERMS; i++) {
		c[i] = b[i];
		for (int k = 0; k < i; k++)
			c[i] -= a[i][k] * c[k];
		c[i] /= a[i][i];
	}
	for (int i = N_TERMS - 1; i >= 0; i--) {
		for (int k = i + 1; k < N_TERMS; k++)
			c[i] -= a[k][i] * c[k];
		c[i] /= a[i][i];
	}
	return true;
}

/* Fits light to the weighted samples; false where they do not determine it. */
static bool fit_light(const struct sample *samples, size_t n, struct light *light)
{
	double a[N_TERMS][N_TERMS] = {{0}}, b[N_TERMS] = {0}, total = 0;

	for (size_t s = 0; s < n; s++) {
		double terms[N_TERMS];

		light_terms(samples[s].x, samples[s].y, terms);
		for (int i = 0; i < N_TERMS; i++) {
			const double weighted = samples[s].weight * terms[i];

			b[i] += weighted * samples[s].value;
			for (int j = 0; j <= i; j++)
				a[i][j] += weighted * terms[j];
		}
		total += samples[s].weight;
	}
	for (int i = 0; i < N_TERMS; i++)
		a[i][i] += 1e-6 * total; /* a page that is one pixel wide has no x */
	return solve(a, b, light->c);
}

static size_t take_samples(const float *values, size_t width, size_t height,
			   struct sample samples[MAX_SAMPLES])
{
	const size_t nx = width < SAMPLE_SIDE ? width : SAMPLE_SIDE;
	const size_t ny = height < SAMPLE_SIDE ? height : SAMPLE_SIDE;
	size_t n = 0;

	for (size_t j = 0; j < ny; j++)
		for (size_t i = 0; i < nx; i++) {
			/* The outermost samples lie on the border, where paper is likeliest. */
			const size_t x = nx > 1 ? i * (width - 1) / (nx - 1) : 0;
			const size_t y = ny > 1 ? j * (height - 1) / (ny - 1) : 0;

			samples[n++] = (struct sample){
				.x = width > 1 ? 2 * (float)x / (float)(width - 1) - 1 : 0,
				.y = height > 1 ? 2 * (float)y / (float)(height - 1) - 1 : 0,
				.value = values[y * width + x],
				.weight = 1,
			};
		}
	return n;
}

static int compare_floats(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* n > 0; reorders the values. */
static float median(float *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare_floats);
	return values[n / 2];
}

/* An even light of the given brightness. */
static struct light even_light(float value)
{
	return (struct light){.c = {value}, .least = value, .most = value};
}

/* The standard deviation of a normal distribution, of the median of its absolute values. */
#define SIGMA_OF_MEDIAN 1.4826f

/* How far below the light a sample is, or above. */
static void measure_residuals(const struct sample *samples, size_t n, const struct light *light,
			      float *residuals)
{
	for (size_t i = 0; i < n; i++)
		residuals[i] =
			fabsf(samples[i].value - light_at(light, samples[i].x, samples[i].y));
}

/* Fits a surface that lies on top of most samples: what is above it weighs twenty times what is
 * below, which is ink as often as paper. */
static struct light fit_upper(struct sample *samples, size_t n)
{
	static const float below_weight = 0.05f;
	struct light light = even_light(255);

	for (int pass = 0; pass < 8; pass++) {
		light.least = 0;
		light.most = 255;
		if (!fit_light(samples, n, &light))
			return even_light(255);
		for (size_t i = 0; i < n; i++) {
			const float top = light_at(&light, samples[i].x, samples[i].y);

			samples[i].weight = samples[i].value > top ? 1 : below_weight;
		}
	}
	return light;
}

/* Moves the samples that are near the light to the front. Half of all or more are paper, so the
 * median distance tells what near is. */
static size_t select_paper(struct sample *samples, size_t n, const struct light *light)
{
	float residuals[MAX_SAMPLES], sorted[MAX_SAMPLES], reach;
	size_t n_paper = 0;

	measure_residuals(samples, n, light, residuals);
	memcpy(sorted, residuals, n * sizeof(*residuals));
	reach = 3 * SIGMA_OF_MEDIAN * median(sorted, n);
	reach = fmaxf(MIN_CONTRAST / 2, fminf(reach, 2 * MIN_CONTRAST));
	for (size_t i = 0; i < n; i++)
		if (residuals[i] <= reach) {
			samples[n_paper] = samples[i];
			samples[n_paper++].weight = 1;
		}
	return n_paper;
}

/* The light on the paper, robust against the ink, and the noise of the paper as a standard
 * deviation. */
static struct light estimate_light(const float *paper, size_t width, size_t height,
				   float *noise_ret)
{
	struct sample samples[MAX_SAMPLES];
	float values[MAX_SAMPLES], middle;
	size_t n = take_samples(paper, width, height, samples);
	struct light light = fit_upper(samples, n);

	*noise_ret = 0;
	n = select_paper(samples, n, &light);
	if (n == 0)
		return even_light(255);
	for (size_t i = 0; i < n; i++)
		values[i] = samples[i].value;
	middle = median(values, n);
	light.least = values[0];
	light.most = values[n - 1];
	if (values[n * 95 / 100] - values[n * 5 / 100] < MIN_LIGHT_RANGE ||
	    !fit_light(samples, n, &light))
		light = even_light(middle);
	measure_residuals(samples, n, &light, values);
	*noise_ret = SIGMA_OF_MEDIAN * median(values, n);
	return light;
}

/* ink = how much darker than the light each pixel is. */
static void subtract_paper(const struct light *light, const float *paper, float *ink, size_t width,
			   size_t height)
{
	const bool even = light->least == light->most;

	for (size_t y = 0; y < height; y++) {
		const double v = height > 1 ? 2 * (double)y / (double)(height - 1) - 1 : 0;

		for (size_t x = 0; x < width; x++) {
			const double u = width > 1 ? 2 * (double)x / (double)(width - 1) - 1 : 0;
			const float bright = even ? light->least : light_at(light, u, v);
			const float value = bright - paper[y * width + x];

			ink[y * width + x] = value > 0 ? value : 0;
		}
	}
}

/* ------------------------------------------------------------------- find */

/* The mean of the values above a threshold that lies halfway between it and the mean of the others
 * (Ridler and Calvard 1978), searched from `threshold` upwards; 0 where none is above. Unlike
 * Otsu's, it does not mind ink that is a hundredth of the page. */
static float ink_level(const float *ink, size_t n, float threshold)
{
	uint32_t histogram[256] = {0};
	float level = 0;

	for (size_t i = 0; i < n; i++)
		histogram[(uint8_t)(ink[i] + 0.5f)]++;
	for (;;) {
		double sums[2] = {0}, counts[2] = {0};
		float next;

		for (unsigned v = 0; v < 256; v++) {
			const int is_above = (float)v > threshold;

			counts[is_above] += histogram[v];
			sums[is_above] += (double)v * histogram[v];
		}
		if (counts[1] == 0)
			return level;
		level = (float)(sums[1] / counts[1]);
		next = 0.5f * (level + (counts[0] > 0 ? (float)(sums[0] / counts[0]) : 0));
		if (next <= threshold + 0.5f)
			return level;
		threshold = next;
	}
}

static uint32_t find_root(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i) {
		parents[i] = parents[parents[i]];
		i = parents[i];
	}
	return i;
}

static uint32_t unite(uint32_t *parents, uint32_t a, uint32_t b)
{
	a = find_root(parents, a);
	b = find_root(parents, b);
	if (a < b) {
		parents[b] = a;
		return a;
	}
	parents[a] = b;
	return b;
}

/* labels[i] = i + 1 of the first pixel of the component (touching by side or corner) that pixel i
 * belongs to, 0 where ink is not above threshold. */
static void label_components(const float *ink, size_t width, size_t height, float threshold,
			     uint32_t *labels)
{
	const size_t n = width * height;

	/* parents[0] is no pixel; labels serve as parents, shifted by one, until the last pass. */
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const size_t i = y * width + x;
			uint32_t label = (uint32_t)i;

			labels[i] = (uint32_t)i;
			if (!(ink[i] > threshold))
				continue;
			if (x > 0 && ink[i - 1] > threshold)
				label = unite(labels, label, (uint32_t)(i - 1));
			if (y == 0)
				continue;
			if (ink[i - width] > threshold)
				label = unite(labels, label, (uint32_t)(i - width));
			if (x > 0 && ink[i - width - 1] > threshold)
				label = unite(labels, label, (uint32_t)(i - width - 1));
			if (x + 1 < width && ink[i - width + 1] > threshold)
				label = unite(labels, label, (uint32_t)(i - width + 1));
		}
	for (size_t i = 0; i < n; i++)
		labels[i] = ink[i] > threshold ? find_root(labels, (uint32_t)i) : 0;
	for (size_t i = 0; i < n; i++)
		labels[i] = ink[i] > threshold ? labels[i] + 1 : 0;
}

/* keep = 1 for the pixels of all components but specks, else 0. What counts of a component is its
 * ink above half the level: a large shadow has none, and weighs nothing. */
static void keep_components(const uint32_t *labels, const float *ink, size_t n, uint32_t *areas,
			    uint8_t *keep)
{
	uint32_t largest = 1;

	memset(areas, 0, n * sizeof(*areas));
	for (size_t i = 0; i < n; i++)
		if (ink[i] > 0.5f) {
			const uint32_t area = ++areas[labels[i] - 1];

			largest = area > largest ? area : largest;
		}
	for (size_t i = 0; i < n; i++)
		keep[i] = labels[i] && areas[labels[i] - 1] > 0 &&
			  (float)areas[labels[i] - 1] >= SPECK_SHARE * (float)largest;
}

/* Where profile (n values 0..1) rises through a half for the first time, between the centres of
 * two cells, seen from its start. */
static double rise(const float *profile, size_t n, ptrdiff_t step)
{
	const float *at = step > 0 ? profile : profile + n - 1;
	float before = 0;
	size_t i = 0;

	while (i + 1 < n && at[0] < 0.5f) {
		before = at[0];
		at += step;
		i++;
	}
	if (at[0] <= before)
		return (double)i;
	return (double)i + 0.5 - (double)((at[0] - 0.5f) / (at[0] - before));
}

/* The two places where profile passes a half, seen from either end; never less than a cell apart.
 */
static void find_ends(const float *profile, size_t n, double *first_ret, double *last_ret)
{
	const double first = rise(profile, n, 1), last = (double)n - rise(profile, n, -1);
	const double middle = (first + last) / 2, half = fmax(last - first, 1) / 2;

	*first_ret = middle - half;
	*last_ret = middle + half;
}

/* The box around the kept ink (0..1). profiles: (width + height) floats of scratch. */
static struct box find_box(const float *ink, const uint8_t *keep, size_t width, size_t height,
			   float *profiles)
{
	float *columns = profiles, *rows = profiles + width;
	struct box box;

	memset(profiles, 0, (width + height) * sizeof(*profiles));
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const float value = keep[y * width + x] ? ink[y * width + x] : 0;

			columns[x] = value > columns[x] ? value : columns[x];
			rows[y] = value > rows[y] ? value : rows[y];
		}
	find_ends(columns, width, &box.left, &box.right);
	find_ends(rows, height, &box.top, &box.bottom);
	return box;
}

/* ------------------------------------------------------------------ place */

/* How blurred the ink's edges are, as a standard deviation in pixels of the frame: an edge with
 * normal blur climbs by at most 1 / (sigma sqrt(2 pi)) a pixel. */
static double edge_sigma(const float *ink, size_t width, size_t height)
{
	double sum = 0;
	size_t n = 0;

	for (size_t y = 1; y + 1 < height; y++)
		for (size_t x = 1; x + 1 < width; x++) {
			const float *p = ink + y * width + x;
			const float dx = p[1] - p[0], dy = p[width] - p[0];

			if ((p[0] < 0.5f) == (p[1] < 0.5f) && (p[0] < 0.5f) == (p[width] < 0.5f))
				continue;
			sum += sqrtf(dx * dx + dy * dy);
			n++;
		}
	return n ? 0.3989422804014327 * (double)n / sum : 0;
}

/* weights[j][i] = the share of cell i, of n, in pixel j of the vector: what a normal distribution
 * around the pixel's centre has over the cell. Cells are `scale` pixels wide, and the middle of the
 * vector lies at `middle`. */
static void make_weights(float *weights, size_t n, double middle, double scale, double sigma)
{
	const double narrow = 1 / (sigma * 1.4142135623730951);

	for (size_t j = 0; j < EMNIST_SIDE; j++) {
		const double centre = (double)j + 0.5 - EMNIST_SIDE / 2.0;
		double before = erf((-middle * scale - centre) * narrow);

		for (size_t i = 0; i < n; i++) {
			const double edge = ((double)(i + 1) - middle) * scale - centre;
			const double after = edge * narrow > 6    ? 1
					     : edge * narrow < -6 ? -1
								  : erf(edge * narrow);

			weights[j * n + i] = (float)(0.5 * (after - before));
			before = after;
		}
	}
}

/* The first and last + 1 of n weights that are not nothing. */
static void trim_weights(const float *weights, size_t n, size_t *first_ret, size_t *end_ret)
{
	size_t first = 0, end = n;

	while (first < end && weights[first] < 1e-6f)
		first++;
	while (end > first && weights[end - 1] < 1e-6f)
		end--;
	*first_ret = first;
	*end_ret = end;
}

/* vector = weights of rows x ink x weights of columns, transposed. */
static void project(struct normalizer *normalizer, const struct frame *frame, float *vector)
{
	const size_t width = frame->width, height = frame->height;

	memset(normalizer->rows, 0, EMNIST_SIDE * width * sizeof(float));
	for (size_t j = 0; j < EMNIST_SIDE; j++) {
		const float *weights = normalizer->weights[1] + j * height;
		float *row = normalizer->rows + j * width;
		size_t first, end;

		trim_weights(weights, height, &first, &end);
		for (size_t y = first; y < end; y++)
			for (size_t x = 0; x < width; x++)
				row[x] += weights[y] * normalizer->ink[y * width + x];
	}
	for (size_t i = 0; i < EMNIST_SIDE; i++) {
		const float *weights = normalizer->weights[0] + i * width;
		size_t first, end;

		trim_weights(weights, width, &first, &end);
		for (size_t j = 0; j < EMNIST_SIDE; j++) {
			const float *row = normalizer->rows + j * width;
			float sum = 0;

			for (size_t x = first; x < end; x++)
				sum += weights[x] * row[x];
			vector[j * EMNIST_SIDE + i] = sum;
		}
	}
}

/* Stretched so that the most is 1, in steps of 1/255 as in EMNIST's files: what is written as an
 * image is exactly what the network sees. */
static void stretch(float *vector)
{
	float most = 0;

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		most = vector[i] > most ? vector[i] : most;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = most > 0 ? (float)(int)(vector[i] / most * 255 + 0.5f) / 255 : 0;
}

/* to[i] = whether any of from[i - reach ... i + reach] is set; n values, stride apart. */
static void spread(const uint8_t *from, size_t stride, size_t n, size_t reach, uint8_t *to)
{
	size_t since = reach + 1; /* how far the last set value lies back */

	for (size_t i = 0; i < n; i++) {
		since = from[i * stride] ? 0 : since + 1;
		to[i * stride] = since <= reach;
	}
	since = reach + 1;
	for (size_t i = n; i-- > 0;) {
		since = from[i * stride] ? 0 : since + 1;
		to[i * stride] |= since <= reach;
	}
}

/* Sets ink to zero that is farther than `reach` pixels, by rows and columns, from what is kept. */
static void clean(struct normalizer *normalizer, const struct frame *frame, const struct box *box)
{
	const size_t width = frame->width, height = frame->height;
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	/* An output pixel: as far as the edge of the ink is blurred. */
	const size_t reach = 1 + (size_t)(side / INK_SIDE);
	uint8_t *near_row = (uint8_t *)normalizer->labels;

	for (size_t y = 0; y < height; y++)
		spread(normalizer->keep + y * width, 1, width, reach, near_row + y * width);
	for (size_t x = 0; x < width; x++)
		spread(near_row + x, width, height, reach, normalizer->keep + x);
	for (size_t i = 0; i < width * height; i++)
		normalizer->ink[i] = normalizer->keep[i] ? normalizer->ink[i] : 0;
}

static void place(struct normalizer *normalizer, const struct frame *frame, const struct box *box,
		  float *vector)
{
	/* Of the picture's pixels to one of the frame: they differ where one side is very short. */
	const double step_x = (double)frame->region.width / (double)frame->width;
	const double step_y = (double)frame->region.height / (double)frame->height;
	const double side =
		fmax((box->right - box->left) * step_x, (box->bottom - box->top) * step_y);
	const double scale = INK_SIDE / side;
	const double blurred = edge_sigma(normalizer->ink, frame->width, frame->height) *
			       fmin(step_x, step_y) * scale;
	const double wanted = BLUR_SIGMA * BLUR_SIGMA + PIXEL_SIGMA * PIXEL_SIGMA;
	const double least = fmax(MIN_SIGMA, SQUARE_SIGMA * scale * fmax(step_x, step_y));
	const double sigma = sqrt(fmax(wanted - blurred * blurred, least * least));

	make_weights(normalizer->weights[0], frame->width, (box->left + box->right) / 2,
		     step_x * scale, sigma);
	make_weights(normalizer->weights[1], frame->height, (box->top + box->bottom) / 2,
		     step_y * scale, sigma);
	project(normalizer, frame, vector);
	stretch(vector);
}

/* -------------------------------------------------------------- all steps */

static struct frame make_frame(struct region region)
{
	const size_t side = region.width > region.height ? region.width : region.height;
	struct frame frame = {region, region.width, region.height};

	if (side > WORK_SIDE) {
		frame.width = (region.width * WORK_SIDE + side / 2) / side;
		frame.height = (region.height * WORK_SIDE + side / 2) / side;
		frame.width += frame.width == 0;
		frame.height += frame.height == 0;
	}
	return frame;
}

/* [from, to) with a margin, in the picture's pixels and within it. */
static void zoom_axis(double from, double to, double step, double margin, size_t limit,
		      size_t *start, size_t *length)
{
	const double first = (double)*start + from * step - margin;
	const double last = (double)*start + to * step + margin;
	const size_t begin = first > 0 ? (size_t)first : 0;
	const size_t end = last < (double)limit ? (size_t)last + 1 : limit;

	*start = begin;
	*length = (end < limit ? end : limit) - begin;
}

/* Moves region to the box and its surroundings. False where that would not show more. */
static bool zoom(const struct plane *plane, const struct frame *frame, const struct box *box,
		 struct region *region)
{
	const double step_x = (double)frame->region.width / (double)frame->width;
	const double step_y = (double)frame->region.height / (double)frame->height;
	const double side =
		fmax((box->right - box->left) * step_x, (box->bottom - box->top) * step_y);
	const double margin = side * ZOOM_MARGIN;
	struct region closer = frame->region;

	if (step_x <= 1 && step_y <= 1)
		return false;
	zoom_axis(box->left, box->right, step_x, margin, plane->width, &closer.x, &closer.width);
	zoom_axis(box->top, box->bottom, step_y, margin, plane->height, &closer.y, &closer.height);
	if (fmax((double)closer.width, (double)closer.height) >
	    ZOOM_SHARE * fmax((double)frame->region.width, (double)frame->region.height))
		return false;
	*region = closer;
	return true;
}

/* Ink as shares of its level in normalizer->ink, and the pixels of components in keep. False where
 * there is none. */
static bool find_ink(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t n = frame->width * frame->height;
	float noise, level;
	const struct light light =
		estimate_light(normalizer->paper, frame->width, frame->height, &noise);
	const float floor = fmaxf(MIN_CONTRAST / 2, NOISE_SIGMAS * noise);

	subtract_paper(&light, normalizer->paper, normalizer->ink, frame->width, frame->height);
	level = ink_level(normalizer->ink, n, floor);
	if (level < MIN_CONTRAST)
		return false;
	for (size_t i = 0; i < n; i++) {
		const float share = normalizer->ink[i] / level;

		normalizer->ink[i] = share < 1 ? share : 1;
	}
	label_components(normalizer->ink, frame->width, frame->height, COMPONENT_LEVEL,
			 normalizer->labels);
	/* The paper is not needed any more: its memory holds the components' areas. */
	keep_components(normalizer->labels, normalizer->ink, n,
			(uint32_t *)(void *)normalizer->paper, normalizer->keep);
	return true;
}

static bool find_character(struct normalizer *normalizer, const struct plane *plane, float *sums,
			   struct frame *frame, struct box *box)
{
	struct region region = {0, 0, plane->width, plane->height};
	bool turn = false;

	for (int round = 0; round < MAX_ROUNDS; round++) {
		size_t n;

		*frame = make_frame(region);
		n = frame->width * frame->height;
		resample_average(plane, &region, normalizer->paper, frame->width, frame->height,
				 sums);
		if (round == 0)
			turn = ink_is_bright(normalizer->paper, frame->width, frame->height);
		for (size_t i = 0; turn && i < n; i++)
			normalizer->paper[i] = 255 - normalizer->paper[i];
		if (!find_ink(normalizer, frame))
			return false;
		*box = find_box(normalizer->ink, normalizer->keep, frame->width, frame->height,
				normalizer->rows);
		if (!zoom(plane, frame, box, &region))
			break;
	}
	return true;
}

void normalize_plane(struct normalizer *normalizer, const struct plane *plane, float *sums,
		     float *vector)
{
	struct frame frame;
	struct box box;

	if (!find_character(normalizer, plane, sums, &frame, &box)) {
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
		return;
	}
	clean(normalizer, &frame, &box);
	place(normalizer, &frame, &box, vector);
}
