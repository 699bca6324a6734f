// The whole of libtorch behind a handful of C functions: operators are found by name and called
// with tagged values, so no operator appears here.
//
// Every function that returns `int` gives 0 on success and -1 on failure, unless it says otherwise;
// `ct_last_error` then tells what happened on this thread.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_s *ct_tensor;
typedef struct ct_operator_s *ct_operator;
typedef struct ct_generator_s *ct_generator;
typedef struct ct_storage_s *ct_storage;

typedef enum : int32_t {
  ct_tag_none,
  ct_tag_integer,
  ct_tag_real,
  ct_tag_boolean,
  ct_tag_string,
  ct_tag_device,
  ct_tag_generator,
  ct_tag_tensor,
  ct_tag_integers,
  ct_tag_reals,
  ct_tag_tensors,
} ct_tag;

typedef struct {
  ct_tag tag;
  int32_t count;  // of a list's elements
  union {
    int64_t integer;  // also a device: type << 8 | (index & 0xff)
    double real;
    const char *string;
    ct_tensor tensor;
    ct_generator generator;
    const int64_t *integers;
    const double *reals;
    const ct_tensor *tensors;  // an element may be null where the operator takes optional tensors
  };
} ct_value;

const char *ct_last_error(void);
const char *ct_version(void);

// Operators.
ct_operator ct_find(const char *name, const char *overload);
// Missing trailing arguments take the schema's defaults. Returns the number of results, -1 on failure.
// Lists of tensors among the results are flattened; owned tensors are the caller's to free.
int ct_call(ct_operator operation, const ct_value *arguments, int count, ct_value *results, int capacity);

// Tensors.
void ct_free(ct_tensor tensor);
ct_tensor ct_retain(ct_tensor tensor);  // one more counted reference
int ct_dimensions(ct_tensor tensor);
void ct_sizes(ct_tensor tensor, int64_t *sizes);
int ct_strides(ct_tensor tensor, int64_t *strides);
int64_t ct_count(ct_tensor tensor);
int ct_dtype(ct_tensor tensor);
int64_t ct_device(ct_tensor tensor);
bool ct_is_contiguous(ct_tensor tensor);
bool ct_requires_gradient(ct_tensor tensor);
void *ct_data(ct_tensor tensor);
int ct_set_requires_gradient(ct_tensor tensor, bool on);
// Wraps memory; `release(context)` is called when libtorch no longer needs it.
ct_tensor ct_from_memory(void *data, const int64_t *sizes, int dimensions, int dtype,
                         void (*release)(void *), void *context);

// The memory of a tensor, which views of it share. Its address is that of no other memory while it is watched, also after
// the last tensor has let go of it. Returns null for a tensor without memory of its own, such as a sparse one.
ct_storage ct_watch_storage(ct_tensor tensor, const void **address, int64_t *bytes);
bool ct_is_in_use(ct_storage storage);
void ct_unwatch_storage(ct_storage storage);

// Differentiation. Gradient seeds may be null (ones).
// Results are new tensors, null where an input does not reach the outputs.
int ct_gradients(const ct_tensor *outputs, const ct_tensor *seeds, int output_count,
                 const ct_tensor *inputs, int input_count, bool retain_graph, bool create_graph,
                 ct_tensor *gradients);
// Each leaf's gradient goes straight to its target as soon as it is known: written (a leaf that is not
// reached gets zeros) or, where `adds` says so, added. A null target becomes the gradient itself (or the
// zeros): a new contiguous tensor.
int ct_gradients_into(const ct_tensor *outputs, const ct_tensor *seeds, int output_count,
                      const ct_tensor *leaves, ct_tensor *targets, const bool *adds, int leaf_count,
                      bool retain_graph);

// Which leaves the recorded graph of some outputs reaches, without computing anything, and without going through `ends`.
int ct_reaches(const ct_tensor *outputs, int output_count, const ct_tensor *ends, int end_count,
               const ct_tensor *leaves, int leaf_count, bool *reached);

// A linear map that the caller computes: from tensors of one shape to those of another, and, `adjoint`, back. It writes
// all of the output, which is contiguous and on the input's device, and takes over one reference of both.
typedef void (*ct_linear_map)(void *context, bool adjoint, ct_tensor input, ct_tensor output);
// Applies a linear map so that autograd follows it, any number of times. `release(context)` is called when neither
// the result nor a graph needs the map any more, and also on failure. Returns null on failure.
ct_tensor ct_apply_linear(ct_tensor input, const int64_t *sizes, int dimensions, ct_linear_map map, void *context,
                          void (*release)(void *));

// State of this thread.
// What the caller wants to remember for as long as it observes operators; null if it does not.
void *ct_observer(void);
void *ct_set_observer(void *observer);  // returns the one before
bool ct_set_gradient_mode(bool on);
int ct_set_autocast(int device_type, bool on, int dtype);

// State of the process.
void ct_set_threads(int count);
int ct_threads(void);
int ct_set_deterministic(bool on);
// Whether attention may use kernels that have no second derivative.
void ct_set_fused_attention(bool on);
int ct_load_accelerator(void);  // opens the libtorch_cuda beside libtorch_cpu, once
int ct_device_count(int device_type);

// Random numbers.
ct_generator ct_generator_create(int64_t device, uint64_t seed);
void ct_generator_free(ct_generator generator);
ct_tensor ct_generator_state(ct_generator generator);
int ct_generator_set_state(ct_generator generator, ct_tensor state);

#ifdef __cplusplus
}
#endif
