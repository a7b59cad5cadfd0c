/*
 * trace.h - finding out what a graph of operators computes, whatever it is spelled in.
 *
 * A graph is evaluated from the input to the output, operator by operator, on values of two kinds:
 * tensors that do not depend on the model's input, whose numbers are known, and rows that do. Of
 * rows it is known how each value comes of one value of a stage - the input, or what a fully
 * connected layer gives:
 *
 *	row[i] = scale[i] * f(stage[order[i]]) + shift[i]
 *
 * where f is any expression of one variable. So it does not matter how a graph spells an
 * activation, a permutation or a normalization: when the next fully connected layer comes, scale,
 * shift and order go into its weights or into those before it, and it is asked of f which
 * activation it is (trace_activation.c).
 *
 * - trace_evaluate.c: the order of evaluation
 * - trace_tensor.c: tensors: what is known is computed
 * - trace_shape.c: the input, and shapes of all values
 * - trace_rows.c: rows: what is computed of them is collected
 * - trace_units.c: rows as expressions
 * - trace_layers.c: the layers that come of them
 * - trace_ends.c: what a network ends in
 * - trace_activation.c: expressions, and which activation one is
 * - trace_functions.c: functions of single numbers
 *
 * Everything is allocated from the trace's arena but the model that comes of it. Functions that
 * return a pointer or a bool give NULL or false where the arena is spent: trace_memory() says so.
 */
#ifndef FORMAT_TRACE_H
#define FORMAT_TRACE_H

#include "../base/arena.h"
#include "../network/model.h"

#define TRACE_MAX_RANK 8

/* ----------------------------------------------------------------- tensors */

enum tensor_type {
	TENSOR_FLOAT,
	TENSOR_INT, /* NaN is a number that is not known: the size of the batch */
	TENSOR_BOOL,
};

/*
 * Numbers of any type, held as doubles: exact for floats and for integers up to 2^53. A file's
 * weights may stay the floats that they are until something else than a layer takes them:
 * tensor_decode() makes values of floats.
 */
struct tensor {
	enum tensor_type type;
	size_t rank;
	size_t dims[TRACE_MAX_RANK];
	size_t n;                      /* of values: the product of dims */
	const double *values;          /* NULL: they are not decoded */
	const unaligned_float *floats; /* the same numbers; NULL: they are not at hand */
	bool is_transposed;            /* floats are a matrix of dims[1] rows and dims[0] columns */
	bool is_lasting;               /* floats live as long as the model, which may borrow them */
};

/* -------------------------------------------------------------------- rows */

/* Operators on single values; the second argument is not used by those of one. */
typedef double trace_function(double a, double b);

struct stage {
	size_t width;
	size_t layer; /* whose output it is, before its activation; SIZE_MAX: the input */
	/* What expressions are of: scale * stage + shift. (width) NULL: the stage itself. */
	const double *scale;
	const double *shift;
	bool has_unit;
	bool is_taken; /* by the next layer: nothing else can be made of it */
};

struct expression;

struct rows {
	enum tensor_type type;
	struct stage *stage;
	size_t rank;                         /* 0: not known */
	size_t dims[TRACE_MAX_RANK];         /* the first is the batch's size, 0 where not known */
	const double *scale;                 /* (width) NULL: 1 */
	const double *shift;                 /* (width) NULL: 0 */
	const uint32_t *order;               /* (width) NULL: 0, 1, 2... */
	const struct expression *expression; /* of the stage's unit; NULL: the stage */
	const char *op, *node;               /* that expression was made by last */
	bool is_softmax;                     /* of the stage: nothing more can be computed */
};

enum value_kind {
	VALUE_TENSOR,
	VALUE_ROWS,
	VALUE_OTHER, /* what only its reader understands */
};

struct value {
	enum value_kind kind;
	struct tensor tensor;
	struct rows rows;
	const void *other;
};

/* ------------------------------------------------------------------- trace */

struct trace {
	struct arena arena;
	struct emnist_model *model; /* of which n_layers are made; the others are room */
	size_t n_layers;
	size_t floats_left;                /* that the layers to come may hold */
	const struct expression *variable; /* expression_variable(); NULL: not yet */
	/* The graph's input is in 0..255, while vectors are in [0,1]: as its type says, or as is
	 * found when the first layer takes it. */
	bool takes_bytes;
	/* The operator that is being evaluated, for messages: "operator OP (node 'NAME')". */
	const char *op;
	const char *node;
	struct emnist_error *error; /* never NULL */
};

/* nbytes: the size of the file that all is made of. Release with trace_clear(), after a failure
 * too. */
enum emnist_status trace_init(struct trace *trace, size_t nbytes, struct emnist_error *error);

void trace_clear(struct trace *trace);

/* Another file of nbytes has come: so much more may be made. */
void trace_allow(struct trace *trace, size_t nbytes);

/* EMNIST_ERR_LIMIT or EMNIST_ERR_MEMORY, whichever is why an allocation failed. */
enum emnist_status trace_memory(const struct trace *trace);

/* Counts n values that are gone through as if they were allocated, so that time is bounded as
 * memory is. False where no more may be. */
bool trace_spend(struct trace *trace, size_t n);

/* "operator OP (node 'NAME') lacks its input i + 1", EMNIST_ERR_CORRUPT. */
enum emnist_status trace_lacks(const struct trace *trace, size_t i);

/* "operator OP (node 'NAME') is not supported: an operand that should be a constant is computed" */
enum emnist_status trace_refuse_computed(const struct trace *trace);

/* "operator OP (node 'NAME') is not supported: WHY", EMNIST_ERR_UNSUPPORTED. */
enum emnist_status trace_refuse(const struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The model that gives these rows; trace holds it no longer. To be given to model_finish(). */
enum emnist_status trace_finish(struct trace *trace, const struct rows *rows,
				struct emnist_model **model_ret);

/* -------------------------------------------------------------- evaluation */

/* Inputs of one operator that are read. */
#define TRACE_MAX_INPUTS 64

/* What gives one value. A reader has it at the head of what it knows of a node itself. */
struct trace_node {
	struct value *value; /* NULL: not known yet */
	/* What it takes, and whether that is being evaluated. */
	struct trace_node **inputs;
	size_t n_inputs;
	bool is_open;
};

/* What is asked of a reader of graphs; graph is the reader's own. Both say by trace->op and ->node
 * which operator it is about. */
struct trace_reader {
	/* The inputs of node, TRACE_MAX_INPUTS at the most; NULL for one that is left out. *n_ret
	 * is 0 before. */
	enum emnist_status (*inputs)(void *graph, struct trace_node *node,
				     struct trace_node **inputs, size_t *n_ret);
	/* The value of node from those of its inputs. */
	enum emnist_status (*operate)(void *graph, struct trace_node *node,
				      struct value *const *inputs, size_t n_inputs,
				      struct value *value_ret);
};

/* Evaluates node and all that it depends on. */
enum emnist_status trace_evaluate(struct trace *trace, const struct trace_reader *reader,
				  void *graph, struct trace_node *node);

/* ------------------------------------------------- operators on any values */

/* These are known to be linear: as many of them as there are go into weights. Any other function is
 * a part of an activation. */
double trace_add(double a, double b);
double trace_subtract(double a, double b);
double trace_multiply(double a, double b);
double trace_divide(double a, double b);

/* The input: rows of this shape, whose first dimension is the batch; rank 0 where it is not known.
 */
enum emnist_status trace_input(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret);

/* function of each value of a, and of b where it is not NULL; what is a tensor in `type`. Sizes are
 * brought together as NumPy does. */
enum emnist_status trace_elementwise(struct trace *trace, trace_function *function,
				     enum tensor_type type, const struct value *a,
				     const struct value *b, struct value *value_ret);

enum emnist_status trace_cast(struct trace *trace, enum tensor_type type, const struct value *a,
			      struct value *value_ret);

/* a b, or a times the transpose of b: a layer where a are rows. */
enum emnist_status trace_matmul(struct trace *trace, const struct value *a, const struct value *b,
				bool transposed, struct value *value_ret);

/* alpha a b + beta c, of which b may be transposed, and c be NULL. */
struct trace_gemm {
	bool transposes_b;
	double alpha, beta;
	const struct value *c;
};
enum emnist_status trace_gemm(struct trace *trace, const struct value *a, const struct value *b,
			      const struct trace_gemm *gemm, struct value *value_ret);

/* Of all values of a row. */
enum emnist_status trace_softmax(struct trace *trace, const struct value *a,
				 struct value *value_ret);

/* The probabilities of two classes, a = 1 - b and b = sigmoid(x), put together: this is the softmax
 * of 0 and x. */
enum emnist_status trace_pair(struct trace *trace, const struct value *a, const struct value *b,
			      struct value *value_ret);

enum emnist_status trace_shape(struct trace *trace, const struct value *a, struct value *value_ret);

/* shape: -1 in it stands for what is left over. */
enum emnist_status trace_reshape(struct trace *trace, const struct value *a,
				 const struct tensor *shape, struct value *value_ret);

/* The dimensions that a value has, of which the batch is NaN where it is not known. dims:
 * (TRACE_MAX_RANK) */
enum emnist_status trace_dims(struct trace *trace, const struct value *a, size_t *rank_ret,
			      double *dims);

/* trace_reshape() with a shape that the reader has made. */
enum emnist_status trace_with_dims(struct trace *trace, const struct value *a, size_t rank,
				   const double *dims, struct value *value_ret);

/* An axis of rank dimensions, of which a negative one counts from the end. */
enum emnist_status trace_axis(struct trace *trace, int64_t axis, size_t rank, size_t *axis_ret);

/* With a dimension of 1 put in at axis. */
enum emnist_status trace_expand_dims(struct trace *trace, const struct value *a, int64_t axis,
				     struct value *value_ret);

enum emnist_status trace_transpose(struct trace *trace, const struct value *a,
				   const struct tensor *permutation, struct value *value_ret);

/* ---------------------------------------------------------- tensors proper */

/* Room for the values of a tensor of this shape. */
enum emnist_status tensor_make(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret, double **values_ret);

/* Value i of tensor, decoded or not. */
static inline double tensor_at(const struct tensor *tensor, size_t i)
{
	if (tensor->values)
		return tensor->values[i];
	if (tensor->is_transposed)
		i = i % tensor->dims[1] * tensor->dims[0] + i / tensor->dims[1];
	return (double)tensor->floats[i];
}

/* Gives tensor its values where it has floats alone. */
enum emnist_status tensor_decode(struct trace *trace, struct tensor *tensor);

enum emnist_status tensor_scalar(struct trace *trace, enum tensor_type type, double number,
				 struct value *value_ret);

/* Of a shape, as trace_reshape() takes it: how many values fill it. */
enum emnist_status tensor_shape_of(struct trace *trace, const struct tensor *shape, size_t n,
				   size_t *rank_ret, size_t *dims_ret);

enum emnist_status tensor_elementwise(struct trace *trace, trace_function *function,
				      enum tensor_type type, const struct tensor *a,
				      const struct tensor *b, struct value *value_ret);

/* For each of n = the product of dims values, in order, the position of its element in a tensor of
 * shape from (rank_from), which is brought to dims as NumPy does; false where that cannot be. */
bool tensor_broadcast(size_t rank, const size_t *dims, size_t rank_from, const size_t *from,
		      size_t *positions);

/* positions: (n) of the element that comes to each place when a tensor of shape dims is transposed;
 * dims_ret: its shape then. permutation: (rank) each of 0..rank-1 once. */
void tensor_transpose(size_t rank, const size_t *dims, const size_t *permutation, size_t *dims_ret,
		      size_t *positions);

/* The elements [begin, end) of each dimension, step apart; for each, whether it is dropped. */
struct tensor_slice {
	double begin, step;
	size_t n;
	bool is_dropped;
};
enum emnist_status tensor_strided(struct trace *trace, const struct tensor *a,
				  const struct tensor_slice *slices, struct value *value_ret);

/* n_parts tensors one after the other along axis. */
enum emnist_status tensor_concatenate(struct trace *trace, const struct tensor *const *parts,
				      size_t n_parts, size_t axis, struct value *value_ret);

/* ------------------------------------------------------------- expressions */

const struct expression *expression_variable(struct trace *trace);
const struct expression *expression_number(struct trace *trace, double number);
const struct expression *expression_of(struct trace *trace, trace_function *function,
				       const struct expression *a, const struct expression *b);

/* What an expression is found to be: scale * activation(x) + shift. */
struct recognized {
	enum emnist_activation activation;
	float alpha;
	float gamma;
	double scale;
	double shift;
};

/* EMNIST_ERR_UNSUPPORTED where it is none of the activations. */
enum emnist_status expression_recognize(struct trace *trace, const struct expression *expression,
					struct recognized *recognized_ret);

#endif
