// Tasks in other isolates, and the values that isolates share by name. The machinery is in core/runtime.

#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/runtime/parallel_map.h"
#include "core/runtime/task.h"
#include "core/runtime/task_pool.h"
#include "core/vm/array.h"
#include "core/vm/operations.h"
#include "core/vm/promise.h"
#include "core/vm/vm.h"

namespace ruff::builtins::bodies {

using namespace ruff::vm;
using runtime::ParallelShare;
using runtime::TaskHandle;
using runtime::TaskPool;

namespace {

TaskPool& pool_of(Call& call) { return runtime::Isolate::of(call.vm).pool(); }

}  // namespace

Outcome spawn_task(Call& call) {
    Value handle;
    if (call.count == 1) {
        if (!runtime::spawn(call.vm, call.take(0), handle)) return Outcome::Raised;
        return call.done(std::move(handle));
    }
    ArrayObject* all = new_array(call.count);
    if (all == nullptr) return call.vm.raise_out_of_memory("call");
    for (std::uint32_t i = 0; i < call.count; ++i) (void)array_push(all, call.take(i));
    if (!runtime::spawn(call.vm, Value::adopt(all), handle)) return Outcome::Raised;
    return call.done(std::move(handle));
}

Outcome await_task(Call& call) { return call.done(Value::share(handle_of<TaskHandle>(call[0]).promise(call.vm))); }

Outcome cancel_task(Call& call) { return call.done(Value::boolean(handle_of<TaskHandle>(call[0]).task().cancel())); }

Outcome task_status(Call& call) { return call.done_text(handle_of<TaskHandle>(call[0]).task().status()); }

Outcome set_task_pool_size(Call& call) {
    const std::int64_t size = call.integer(0);
    if (size < 1 || size > static_cast<std::int64_t>(TaskPool::kMaxSize)) {
        return call.raise(ErrorKind::Value, "set_task_pool_size: parameter `n` must be between 1 and " +
                                                std::to_string(TaskPool::kMaxSize) + ", got " + std::to_string(size));
    }
    pool_of(call).set_size(static_cast<std::size_t>(size));
    return call.done(Value());
}

Outcome get_task_pool_size(Call& call) { return call.done(Value::integer(static_cast<std::int64_t>(pool_of(call).size()))); }

// --- parallel_map ------------------------------------------------------------------------------------------------

namespace {

Outcome start_parallel(Call& call, bool keeps_results) {
    std::size_t limit = 0;
    if (!call.is_null(2)) {
        if (call.integer(2) < 1) {
            return call.raise(ErrorKind::Value, std::string(call.row.name) + ": parameter `limit` must be at least 1, got " +
                                                    std::to_string(call.integer(2)));
        }
        limit = static_cast<std::size_t>(call.integer(2));
    }
    Value function = call.take(1);
    Value elements = call.take(0);
    if (!elements.is_array()) {
        ArrayBuilder builder;
        ElementCursor cursor(elements);
        Value element;
        while (cursor.next(element)) builder.push(std::move(element));
        elements = builder.take();
        if (elements.is_null()) return call.vm.raise_out_of_memory("array");
    }
    PromiseObject* promise = runtime::parallel_map(call.vm, std::move(elements), std::move(function), limit, keeps_results);
    if (promise == nullptr) return Outcome::Raised;
    return call.done(Value::adopt(promise));
}

}  // namespace

Outcome parallel_map(Call& call) { return start_parallel(call, true); }
Outcome par_each(Call& call) { return start_parallel(call, false); }

Outcome share_next(Call& call) {
    auto& share = handle_of<ParallelShare>(call[0]);
    const Instant now = monotonic_now();
    share.chunk = share.job->next(share.chunk, now - share.started_at);
    share.started_at = now;
    if (share.chunk.begin == share.chunk.end) return call.done(Value());
    Value elements;
    if (!share.job->read(call.vm, share.chunk, elements)) return Outcome::Raised;
    return call.done(std::move(elements));
}

Outcome share_function(Call& call) {
    auto& share = handle_of<ParallelShare>(call[0]);
    if (!call.is_null(1) && !share.job->changes_state()) return call.done(call.take(1));
    call.vm.clear_globals();
    Value function;
    if (!share.job->read_function(call.vm, function)) return Outcome::Raised;
    return call.done(std::move(function));
}

Outcome share_done(Call& call) {
    auto& share = handle_of<ParallelShare>(call[0]);
    share.job->done(call.vm, share.chunk, call.take(1), call[2]);
    return call.done(Value());
}

// --- values by name ----------------------------------------------------------------------------------------------

Outcome shared_set(Call& call) {
    const std::string name(call.text(0));
    if (!pool_of(call).store.set(call.vm, name, call.take(1))) return Outcome::Raised;
    return call.done(Value());
}

Outcome shared_get(Call& call) {
    Value value;
    switch (pool_of(call).store.get(call.vm, call.text(0), value)) {
        case runtime::SharedStore::Found::Yes: return call.done(std::move(value));
        case runtime::SharedStore::Found::No: return call.done(call.take(1));
        case runtime::SharedStore::Found::Raised: break;
    }
    return Outcome::Raised;
}

Outcome shared_has(Call& call) { return call.done(Value::boolean(pool_of(call).store.has(call.text(0)))); }

Outcome shared_delete(Call& call) { return call.done(Value::boolean(pool_of(call).store.remove(call.text(0)))); }

Outcome shared_add_int(Call& call) {
    std::int64_t sum = 0;
    switch (pool_of(call).store.add(call.text(0), call.integer(1), sum)) {
        case runtime::SharedStore::Added::Yes: return call.done(Value::integer(sum));
        case runtime::SharedStore::Added::NotAnInt:
            return call.raise(ErrorKind::Type, "shared_add_int: the value under \"" + std::string(call.text(0)) + "\" is no int");
        case runtime::SharedStore::Added::Overflow: break;
    }
    return call.raise(ErrorKind::Overflow, "Integer overflow: shared_add_int");
}

}  // namespace ruff::builtins::bodies
