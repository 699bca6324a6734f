#include "ctorch.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <torch/headeronly/version.h>

#include <mutex>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

thread_local std::string last_error;
thread_local void *observer = nullptr;

using WeakStorage = c10::weak_intrusive_ptr<c10::StorageImpl>;

// A handle is one counted reference to a TensorImpl: no allocation of our own.
ct_tensor handle(at::Tensor tensor) {
  return reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl());
}
c10::TensorImpl *impl(ct_tensor tensor) { return reinterpret_cast<c10::TensorImpl *>(tensor); }
at::Tensor tensor(ct_tensor handle) {
  return at::Tensor(
      c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl(handle)));
}
c10::Device device(int64_t code) {
  return c10::Device(static_cast<c10::DeviceType>(code >> 8), static_cast<c10::DeviceIndex>(static_cast<int8_t>(code & 0xff)));
}

template <typename Body>
int guarded(Body body) {
  try {
    return body();
  } catch (const c10::Error &error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception &error) {
    last_error = error.what();
  } catch (...) {
    last_error = "unknown C++ exception";
  }
  return -1;
}

bool takes_optional_tensors(const c10::Argument &argument) {
  auto list = argument.type()->cast<c10::ListType>();
  return list && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue ivalue(const ct_value &value, const c10::Argument &argument) {
  switch (value.tag) {
    case ct_tag_none: return {};
    case ct_tag_integer:
      if (argument.type()->kind() == c10::TypeKind::FloatType) return static_cast<double>(value.integer);
      return value.integer;
    case ct_tag_real: return value.real;
    case ct_tag_boolean: return value.integer != 0;
    case ct_tag_string: return std::string(value.string);
    case ct_tag_device: return device(value.integer);
    case ct_tag_generator: return *reinterpret_cast<at::Generator *>(value.generator);
    case ct_tag_tensor: return tensor(value.tensor);
    case ct_tag_integers: {
      c10::List<int64_t> list;
      list.reserve(value.count);
      for (int i = 0; i < value.count; i++) list.push_back(value.integers[i]);
      return list;
    }
    case ct_tag_reals: {
      c10::List<double> list;
      list.reserve(value.count);
      for (int i = 0; i < value.count; i++) list.push_back(value.reals[i]);
      return list;
    }
    case ct_tag_tensors: {
      if (takes_optional_tensors(argument)) {
        c10::List<std::optional<at::Tensor>> list;
        list.reserve(value.count);
        for (int i = 0; i < value.count; i++)
          list.push_back(value.tensors[i] ? std::optional<at::Tensor>(tensor(value.tensors[i])) : std::nullopt);
        return list;
      }
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      for (int i = 0; i < value.count; i++) list.push_back(tensor(value.tensors[i]));
      return list;
    }
  }
  return {};
}

void append(const c10::IValue &value, ct_value *results, int capacity, int &count) {
  if (value.isTensorList()) {
    for (const at::Tensor &element : value.toTensorVector()) append(element, results, capacity, count);
    return;
  }
  if (count >= capacity) {
    count++;
    return;
  }
  ct_value &result = results[count++];
  result.count = 0;
  if (value.isTensor()) {
    result.tag = value.toTensor().defined() ? ct_tag_tensor : ct_tag_none;
    result.tensor = value.toTensor().defined() ? handle(value.toTensor()) : nullptr;
  } else if (value.isInt()) {
    result.tag = ct_tag_integer;
    result.integer = value.toInt();
  } else if (value.isDouble()) {
    result.tag = ct_tag_real;
    result.real = value.toDouble();
  } else if (value.isBool()) {
    result.tag = ct_tag_boolean;
    result.integer = value.toBool();
  } else {
    result.tag = ct_tag_none;
  }
}

std::vector<at::Tensor> tensors(const ct_tensor *handles, int count) {
  std::vector<at::Tensor> list;
  if (!handles) return list;
  list.reserve(count);
  for (int i = 0; i < count; i++) list.push_back(handles[i] ? tensor(handles[i]) : at::Tensor());
  return list;
}

// Takes a leaf's gradient away as soon as it is known, while backward goes on with the other leaves: to a place that
// exists or, where there is none, as it is.
struct GradientSink : torch::autograd::PostAccumulateGradHook {
  GradientSink(at::Tensor *target, bool add, bool *reached) : target(target), add(add), reached(reached) {}
  void operator()(const at::Tensor &leaf) override {
    at::NoGradGuard no_gradient;
    at::Tensor gradient = std::move(leaf.mutable_grad());
    if (!target->defined()) *target = gradient.contiguous();
    else if (add) target->add_(gradient);
    else target->copy_(gradient);
    *reached = true;
  }
  at::Tensor *target;
  bool add;
  bool *reached;
};

// A linear map that the caller computes. It is its adjoint's adjoint, so that its derivatives have derivatives.
struct LinearMap {
  ct_linear_map map;
  std::shared_ptr<void> context;
  bool adjoint;
  std::vector<int64_t> input_sizes, output_sizes;

  LinearMap reversed() const { return {map, context, !adjoint, output_sizes, input_sizes}; }
};

at::Tensor apply_linear(const LinearMap &linear, const at::Tensor &input);

struct LinearNode : torch::autograd::Node {
  explicit LinearNode(LinearMap backward) : backward(std::move(backward)) {}
  torch::autograd::variable_list apply(torch::autograd::variable_list &&gradients) override {
    if (!gradients[0].defined()) return {at::Tensor()};
    return {apply_linear(backward, gradients[0])};
  }
  LinearMap backward;
};

// Newer versions of libtorch count the references of a node inside of it, older ones outside.
template <typename Made, typename Pointer>
Pointer make_node(LinearMap backward) {
  if constexpr (std::is_same_v<Pointer, std::shared_ptr<torch::autograd::Node>>)
    return std::make_shared<Made>(std::move(backward));
  else return c10::make_intrusive<Made>(std::move(backward));
}

at::Tensor apply_linear(const LinearMap &linear, const at::Tensor &input) {
  TORCH_CHECK(input.sizes() == at::IntArrayRef(linear.input_sizes), "a linear map of ", linear.input_sizes,
              " cannot be applied to ", input.sizes());
  at::Tensor output = at::empty(linear.output_sizes, input.options().requires_grad(false));
  {
    at::NoGradGuard no_gradient;
    linear.map(linear.context.get(), linear.adjoint, handle(input.detach().contiguous()), handle(output));
  }
  if (c10::GradMode::is_enabled() && input.requires_grad()) {
    auto node = make_node<LinearNode, decltype(torch::autograd::Edge::function)>(linear.reversed());
    node->set_next_edges(torch::autograd::collect_next_edges(input));
    torch::autograd::create_gradient_edge(output, node);
  }
  return output;
}

}  // namespace

extern "C" {

const char *ct_last_error(void) { return last_error.c_str(); }
const char *ct_version(void) { return TORCH_VERSION; }

ct_operator ct_find(const char *name, const char *overload) {
  ct_operator found = nullptr;
  guarded([&] {
    found = reinterpret_cast<ct_operator>(
        new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)));
    return 0;
  });
  return found;
}

int ct_call(ct_operator operation, const ct_value *arguments, int count, ct_value *results, int capacity) {
  return guarded([&] {
    auto &op = *reinterpret_cast<const c10::OperatorHandle *>(operation);
    const auto &schema = op.schema().arguments();
    TORCH_CHECK(count <= static_cast<int>(schema.size()), "takes at most ", schema.size(), " arguments, got ", count);
    thread_local torch::jit::Stack stack;
    stack.clear();
    for (int i = 0; i < count; i++) stack.push_back(ivalue(arguments[i], schema[i]));
    for (size_t i = count; i < schema.size(); i++)
      stack.push_back(schema[i].default_value().value_or(c10::IValue()));
    op.callBoxed(&stack);
    int filled = 0;
    for (const auto &value : stack) append(value, results, capacity, filled);
    stack.clear();
    return filled;
  });
}

void ct_free(ct_tensor tensor) {
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl(tensor));
}
ct_tensor ct_retain(ct_tensor handle_) { return handle(tensor(handle_)); }

ct_storage ct_watch_storage(ct_tensor tensor, const void **address, int64_t *bytes) {
  if (!impl(tensor)->has_storage()) return nullptr;
  ct_storage watched = nullptr;
  guarded([&] {
    const c10::Storage &storage = impl(tensor)->storage();
    *address = storage.unsafeGetStorageImpl();
    *bytes = static_cast<int64_t>(storage.nbytes());
    watched = reinterpret_cast<ct_storage>(new WeakStorage(storage.getWeakStorageImpl()));
    return 0;
  });
  return watched;
}
bool ct_is_in_use(ct_storage storage) { return !reinterpret_cast<WeakStorage *>(storage)->expired(); }
void ct_unwatch_storage(ct_storage storage) { delete reinterpret_cast<WeakStorage *>(storage); }

int ct_dimensions(ct_tensor tensor) { return static_cast<int>(impl(tensor)->dim()); }
void ct_sizes(ct_tensor tensor, int64_t *sizes) {
  auto list = impl(tensor)->sizes();
  std::copy(list.begin(), list.end(), sizes);
}
int ct_strides(ct_tensor tensor, int64_t *strides) {
  return guarded([&] {
    auto list = impl(tensor)->strides();
    std::copy(list.begin(), list.end(), strides);
    return 0;
  });
}
int64_t ct_count(ct_tensor tensor) { return impl(tensor)->numel(); }
int ct_dtype(ct_tensor tensor) { return static_cast<int>(c10::typeMetaToScalarType(impl(tensor)->dtype())); }
int64_t ct_device(ct_tensor tensor) {
  auto device = impl(tensor)->device();
  return static_cast<int64_t>(device.type()) << 8 | static_cast<uint8_t>(device.index());
}
bool ct_is_contiguous(ct_tensor tensor) { return impl(tensor)->is_contiguous(); }
bool ct_requires_gradient(ct_tensor tensor) { return impl(tensor)->requires_grad(); }
void *ct_data(ct_tensor handle) { return tensor(handle).mutable_data_ptr(); }
int ct_set_requires_gradient(ct_tensor handle, bool on) {
  return guarded([&] {
    tensor(handle).set_requires_grad(on);
    return 0;
  });
}

ct_tensor ct_from_memory(void *data, const int64_t *sizes, int dimensions, int dtype,
                         void (*release)(void *), void *context) {
  ct_tensor result = nullptr;
  guarded([&] {
    result = handle(at::from_blob(
        data, at::IntArrayRef(sizes, dimensions), [=](void *) { if (release) release(context); },
        at::TensorOptions(static_cast<c10::ScalarType>(dtype))));
    return 0;
  });
  return result;
}

int ct_gradients(const ct_tensor *outputs, const ct_tensor *seeds, int output_count,
                 const ct_tensor *inputs, int input_count, bool retain_graph, bool create_graph,
                 ct_tensor *gradients) {
  return guarded([&] {
    auto results = torch::autograd::grad(
        tensors(outputs, output_count), tensors(inputs, input_count), tensors(seeds, output_count),
        retain_graph, create_graph, /*allow_unused=*/true);
    for (int i = 0; i < input_count; i++) gradients[i] = results[i].defined() ? handle(results[i]) : nullptr;
    return 0;
  });
}

int ct_gradients_into(const ct_tensor *outputs, const ct_tensor *seeds, int output_count,
                      const ct_tensor *leaves, ct_tensor *targets, const bool *adds, int leaf_count,
                      bool retain_graph) {
  return guarded([&] {
    auto inputs = tensors(leaves, leaf_count), places = tensors(targets, leaf_count);
    std::unique_ptr<bool[]> reached(new bool[leaf_count]());
    for (int i = 0; i < leaf_count; i++) {
      inputs[i].mutable_grad().reset();
      torch::autograd::impl::set_post_acc_grad_hooks(
          inputs[i], std::make_unique<GradientSink>(&places[i], adds[i], &reached[i]));
    }
    auto remove_sinks = [&] {
      for (auto &leaf : inputs) torch::autograd::impl::set_post_acc_grad_hooks(leaf, nullptr);
    };
    try {
      torch::autograd::backward(tensors(outputs, output_count), tensors(seeds, output_count), retain_graph,
                                /*create_graph=*/false, inputs);
    } catch (...) {
      remove_sinks();
      throw;
    }
    remove_sinks();
    for (int i = 0; i < leaf_count; i++) {
      if (!reached[i] && !places[i].defined()) places[i] = at::zeros(inputs[i].sizes(), inputs[i].options());
      else if (!reached[i] && !adds[i]) places[i].zero_();
    }
    for (int i = 0; i < leaf_count; i++) {
      if (targets[i]) continue;
      // Two leaves may have got views of one gradient, or a leaf a part of a larger tensor.
      const auto &storage = places[i].storage();
      if (storage.use_count() > 1 || storage.nbytes() > places[i].nbytes()) places[i] = places[i].clone();
      targets[i] = handle(std::move(places[i]));
    }
    return 0;
  });
}

int ct_reaches(const ct_tensor *outputs, int output_count, const ct_tensor *ends, int end_count,
               const ct_tensor *leaves, int leaf_count, bool *reached) {
  return guarded([&] {
    std::unordered_map<torch::autograd::Node *, int> sinks;
    for (int i = 0; i < leaf_count; i++) {
      reached[i] = false;
      if (auto sink = torch::autograd::impl::try_get_grad_accumulator(tensor(leaves[i]))) sinks[sink.get()] = i;
    }
    // A node may have several outputs, of which some are ends.
    std::set<std::pair<torch::autograd::Node *, uint32_t>> closed;
    for (int i = 0; i < end_count; i++) {
      auto edge = torch::autograd::impl::gradient_edge(tensor(ends[i]));
      closed.insert({edge.function.get(), edge.input_nr});
    }
    std::unordered_set<torch::autograd::Node *> seen;
    std::vector<torch::autograd::Node *> waiting;
    auto visit = [&](const torch::autograd::Edge &edge) {
      torch::autograd::Node *node = edge.function.get();
      if (!node || closed.count({node, edge.input_nr})) return;
      if (seen.insert(node).second) waiting.push_back(node);
    };
    for (int i = 0; i < output_count; i++) visit(torch::autograd::impl::gradient_edge(tensor(outputs[i])));
    while (!waiting.empty()) {
      torch::autograd::Node *node = waiting.back();
      waiting.pop_back();
      if (auto sink = sinks.find(node); sink != sinks.end()) reached[sink->second] = true;
      for (const auto &edge : node->next_edges()) visit(edge);
    }
    return 0;
  });
}

ct_tensor ct_apply_linear(ct_tensor input, const int64_t *sizes, int dimensions, ct_linear_map map, void *context,
                          void (*release)(void *)) {
  ct_tensor result = nullptr;
  std::shared_ptr<void> owner(context, release);
  guarded([&] {
    at::Tensor from = tensor(input);
    LinearMap linear{map, owner, false, from.sizes().vec(), std::vector<int64_t>(sizes, sizes + dimensions)};
    result = handle(apply_linear(linear, from));
    return 0;
  });
  return result;
}

void *ct_observer(void) { return observer; }
void *ct_set_observer(void *next) { return std::exchange(observer, next); }

bool ct_set_gradient_mode(bool on) {
  bool was = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(on);
  return was;
}
int ct_set_autocast(int device_type, bool on, int dtype) {
  return guarded([&] {
    auto type = static_cast<c10::DeviceType>(device_type);
    at::autocast::set_autocast_enabled(type, on);
    if (on) at::autocast::set_autocast_dtype(type, static_cast<c10::ScalarType>(dtype));
    at::autocast::clear_cache();
    return 0;
  });
}

void ct_set_threads(int count) { at::set_num_threads(count); }
int ct_threads(void) { return at::get_num_threads(); }
int ct_set_deterministic(bool on) {
  return guarded([&] {
    at::globalContext().setDeterministicAlgorithms(on, /*warn_only=*/true);
    return 0;
  });
}

void ct_set_fused_attention(bool on) {
  at::globalContext().setSDPUseFlash(on);
  at::globalContext().setSDPUseMemEfficient(on);
  at::globalContext().setSDPUseCuDNN(on);
}

int ct_load_accelerator(void) {
  static std::once_flag once;
  static int outcome = -1;
  std::call_once(once, [] {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&at::get_num_threads), &info) || !info.dli_fname) return;
    std::string path(info.dli_fname);
    path = path.substr(0, path.find_last_of('/') + 1) + "libtorch_cuda.so";
    outcome = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) ? 0 : -1;
  });
  return outcome;
}
int ct_device_count(int device_type) {
  int count = 0;
  guarded([&] {
    auto type = static_cast<c10::DeviceType>(device_type);
    if (type == c10::kCPU) count = 1;
    else if (type == c10::kCUDA && at::hasCUDA())
      count = static_cast<int>(at::globalContext().getAcceleratorHooksInterface(type).deviceCount());
    return 0;
  });
  return count;
}

ct_generator ct_generator_create(int64_t code, uint64_t seed) {
  at::Generator *generator = nullptr;
  guarded([&] {
    auto where = device(code);
    if (where.is_cpu()) generator = new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed));
    else {
      generator = new at::Generator(
          at::globalContext().getAcceleratorHooksInterface(where.type()).getNewGenerator(where.index()));
      generator->set_current_seed(seed);
    }
    return 0;
  });
  return reinterpret_cast<ct_generator>(generator);
}
void ct_generator_free(ct_generator generator) { delete reinterpret_cast<at::Generator *>(generator); }
ct_tensor ct_generator_state(ct_generator generator) {
  ct_tensor state = nullptr;
  guarded([&] {
    state = handle(reinterpret_cast<at::Generator *>(generator)->get_state());
    return 0;
  });
  return state;
}
int ct_generator_set_state(ct_generator generator, ct_tensor state) {
  return guarded([&] {
    reinterpret_cast<at::Generator *>(generator)->set_state(tensor(state));
    return 0;
  });
}

}  // extern "C"
