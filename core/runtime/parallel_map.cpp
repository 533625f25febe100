// parallel_map.
//
//     caller                                   tasks, one a share
//     elements ──▶ segments (messages)  ──▶    take a chunk of segments, call the function for each element
//     results  ◀── ChunkDone deliveries ◀──    send what came out, take the next chunk
//
// Every heap has one thread, so the elements are written as messages before anything starts, a few of them a message (the segments),
// and each task reads those it gets. A task takes several segments at a time, a chunk: at first a quarter of its fair part of what is
// left, so that the tasks end together, but enough to be worth the way (kChunkTime), as soon as it is known how long one takes.
//
// Each call starts from the state that the function was sent with. A function that changes none (core/vm/reach.h) is read once a
// task; another one is read again before every call.
//
// The first error by index, not by time: a failure at i lets chunks that begin behind i go unstarted, those before it are under way
// or done; when all tasks have ended the failure with the lowest index is the outcome.
//
// In place. Sending a number to another core and back costs more than adding one to it. A function without loops, calls and state,
// applied to few numbers or strings, runs on a fiber of the caller: its work is known to be small before it starts. Anything else
// might keep the caller's isolate from its other fibers, so it goes to tasks, even for a single element.

#include "core/runtime/parallel_map.h"

#include <algorithm>

#include "core/runtime/task_pool.h"
#include "core/vm/array.h"
#include "core/vm/error.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

using vm::PromiseObject;
using vm::PromiseState;
using vm::Value;
using vm::Vm;

namespace {

constexpr double kChunkTime = 200'000;            ///< nanoseconds of work that a hop between threads is worth
constexpr std::size_t kMostSegments = 4096;
constexpr std::size_t kMostShares = 256;
constexpr std::size_t kSmallWork = 20'000;        ///< instructions

}  // namespace

// --- the job, from any thread --------------------------------------------------------------------------------------

ParallelJob::Chunk ParallelJob::next(Chunk last, std::int64_t nanoseconds) {
    const std::lock_guard lock(mutex_);
    if (last.end > last.begin) {
        const double segments = static_cast<double>((last.end - last.begin + segment_size_ - 1) / segment_size_);
        const double measured = static_cast<double>(nanoseconds) / segments;
        segment_nanoseconds_ = segment_nanoseconds_ == 0 ? measured : (segment_nanoseconds_ * 3 + measured) / 4;
    }
    const std::size_t left = segments_.size() - next_segment_;
    if (left == 0 || next_segment_ * segment_size_ > first_failure_) return {};
    std::size_t take = std::max<std::size_t>(1, left / (shares_ * 4));
    if (segment_nanoseconds_ > 0) {
        const auto worth = static_cast<std::size_t>(kChunkTime / segment_nanoseconds_) + 1;
        take = std::max(take, std::min(worth, left / shares_));
    } else {
        take = 1;   // the first one shows how long it takes
    }
    take = std::min(take, left);
    const std::size_t begin = next_segment_ * segment_size_;
    next_segment_ += take;
    return {begin, std::min(count_, next_segment_ * segment_size_)};
}

bool ParallelJob::read(Vm& vm, Chunk chunk, Value& elements) {
    const std::size_t first = chunk.begin / segment_size_;
    const std::size_t last = (chunk.end - 1) / segment_size_;
    // A segment is read once, by the task that took it: no lock.
    if (!vm::read_message(vm, std::move(segments_[first]), elements)) return false;
    for (std::size_t i = first + 1; i <= last; ++i) {
        Value more;
        if (!vm::read_message(vm, std::move(segments_[i]), more)) return false;
        if (!vm::array_append(elements.as_array(), more.as_array()->elements, more.as_array()->size)) {
            vm.raise_out_of_memory("array");
            return false;
        }
    }
    return true;
}

// --- the caller's side ---------------------------------------------------------------------------------------------

/// Lives until every share has ended; the promise's operation.
class ParallelCall {
public:
    [[nodiscard]] static PromiseObject* start(Vm& vm, const Value& elements, const Value& function, std::size_t limit, bool keeps_results);

    void take_results(Vm& vm, std::size_t begin, vm::Message results, std::size_t failed_at, vm::Message error);

private:
    struct Share : vm::Waiter {
        ParallelCall* call = nullptr;
        PromiseObject* promise = nullptr;    ///< owned
        std::shared_ptr<Task> task;
    };

    static void share_ended(Vm& vm, vm::Waiter& waiter);
    static void cancel(Vm& vm, PromiseObject& promise);
    void end(Vm& vm);

    std::shared_ptr<ParallelJob> job_;
    PromiseObject* promise_ = nullptr;       ///< owned
    Value results_;
    std::vector<Share> shares_;
    std::size_t running_ = 0;
    std::size_t failed_at_ = SIZE_MAX;
    Value failure_;                          ///< of the element with the lowest index
    Value share_failure_;                    ///< a share ended by itself: cancelled, no memory
};

namespace {

class ChunkDone final : public Delivery {
public:
    ChunkDone(std::shared_ptr<ParallelJob> job, ParallelCall*& call, std::size_t begin, vm::Message results, std::size_t failed_at, vm::Message error)
        : job_(std::move(job)), call_(call), begin_(begin), results_(std::move(results)), failed_at_(failed_at), error_(std::move(error)) {}
    void act(Vm& vm) override {
        if (call_ != nullptr) call_->take_results(vm, begin_, std::move(results_), failed_at_, std::move(error_));
    }

private:
    std::shared_ptr<ParallelJob> job_;
    ParallelCall*& call_;                    ///< in the job
    const std::size_t begin_;
    vm::Message results_;
    const std::size_t failed_at_;
    vm::Message error_;
};

}  // namespace

void ParallelJob::done(Vm& vm, Chunk chunk, Value results, const Value& error) {
    vm::Message sent, failure;
    std::size_t failed_at = SIZE_MAX;
    Value failed = error;
    const std::size_t count = results.as_array()->size;
    if (!keeps_results_) results.set_null();
    if (!vm::write_message(vm, std::move(results), vm::Sending::Value, sent)) {
        if (failed.is_null()) failed_at = chunk.begin;
        failed = vm.take_pending_error();
    }
    if (!failed.is_null()) {
        if (failed_at == SIZE_MAX) failed_at = chunk.begin + count;
        vm::add_async_step(*failed.as<vm::ErrorObject>(), called_at_, false);
        if (!vm::write_message(vm, failed, vm::Sending::Value, failure)) {
            const Value other = vm.take_pending_error();
            (void)vm::write_message(vm, other, vm::Sending::Value, failure);
        }
        const std::lock_guard lock(mutex_);
        first_failure_ = std::min(first_failure_, failed_at);
    }
    pool_.post(caller_, std::make_unique<ChunkDone>(self_.lock(), call_, chunk.begin, std::move(sent), failed_at, std::move(failure)));
}

void ParallelCall::take_results(Vm& vm, std::size_t begin, vm::Message results, std::size_t failed_at, vm::Message error) {
    Value values;
    if (!results.is_empty() && !vm::read_message(vm, std::move(results), values)) share_failure_ = vm.take_pending_error();
    if (values.is_array()) {
        for (std::size_t i = 0; i < values.as_array()->size; ++i) {
            vm::array_set(results_.as_array(), begin + i, std::move(values.as_array()->elements[i]));
        }
    }
    if (failed_at >= failed_at_) return;
    failed_at_ = failed_at;
    if (!vm::read_message(vm, std::move(error), failure_)) failure_ = vm.take_pending_error();
}

void ParallelCall::share_ended(Vm& vm, vm::Waiter& waiter) {
    auto& share = static_cast<Share&>(waiter);
    ParallelCall& call = *share.call;
    if (share.promise->state == PromiseState::Rejected && call.share_failure_.is_null()) call.share_failure_ = share.promise->result;
    if (--call.running_ == 0) call.end(vm);
}

void ParallelCall::cancel(Vm&, PromiseObject& promise) {
    auto& call = *static_cast<ParallelCall*>(promise.operation);
    // The promise settles when they have unwound.
    for (Share& share : call.shares_) (void)share.task->cancel();
}

void ParallelCall::end(Vm& vm) {
    job_->call_ = nullptr;
    for (Share& share : shares_) vm::release(&share.promise->head);
    PromiseObject* promise = promise_;
    promise->operation = nullptr;
    promise->cancel_operation = nullptr;
    const bool failed = !failure_.is_null() || !share_failure_.is_null();
    Value outcome = !failure_.is_null() ? std::move(failure_) : failed ? std::move(share_failure_) : std::move(results_);
    delete this;
    vm::settle(vm, *promise, failed ? PromiseState::Rejected : PromiseState::Fulfilled, std::move(outcome));
    vm::release(&promise->head);
}

PromiseObject* ParallelCall::start(Vm& vm, const Value& elements, const Value& function, std::size_t limit, bool keeps_results) {
    if (!may_spawn(vm)) return nullptr;
    Isolate& isolate = Isolate::of(vm);
    const std::shared_ptr<ParallelJob> job(new ParallelJob(isolate.pool(), isolate.mailbox()));
    job->self_ = job;
    const vm::ArrayObject& array = *elements.as_array();
    job->count_ = array.size;
    job->keeps_results_ = keeps_results;
    job->segment_size_ = (array.size + kMostSegments - 1) / kMostSegments;
    job->called_at_ = vm.current_position();
    if (!vm::write_message(vm, function, vm::Sending::Function, job->function_)) return nullptr;
    for (std::size_t begin = 0; begin < array.size; begin += job->segment_size_) {
        vm::ArrayObject* part = vm::array_slice(&array, begin, std::min(array.size, begin + job->segment_size_));
        if (part == nullptr) {
            vm.raise_out_of_memory("message");
            return nullptr;
        }
        if (!vm::write_message(vm, Value::adopt(part), vm::Sending::Value, job->segments_.emplace_back())) return nullptr;
    }
    const std::size_t most = limit != 0 ? std::min(limit, kMostShares) : isolate.pool().size();
    job->shares_ = std::min(most, job->segments_.size());

    auto* call = new ParallelCall;
    call->job_ = job;
    job->call_ = call;
    if (keeps_results) {
        vm::ArrayObject* results = vm::new_array(array.size);
        if (results == nullptr) {
            delete call;
            vm.raise_out_of_memory("array");
            return nullptr;
        }
        for (std::size_t i = 0; i < array.size; ++i) (void)vm::array_push(results, Value());
        call->results_ = Value::adopt(results);
    }
    PromiseObject* promise = vm::new_promise();
    promise->started_at = vm.current_position();
    promise->operation = call;
    promise->cancel_operation = cancel;
    vm::retain(&promise->head);
    call->promise_ = promise;
    call->shares_.resize(job->shares_);
    call->running_ = job->shares_;
    for (Share& share : call->shares_) {
        share.call = call;
        share.notify = share_ended;
        const Value token = vm::make_handle(ValueKind::TaskHandle, new ParallelShare(job));
        vm::Message message;
        (void)vm::write_message(vm, token, vm::Sending::Value, message);
        share.task = std::make_shared<Task>(isolate.pool(), std::move(message), TaskEntry::Share);
        share.task->observe();
        share.promise = share.task->open(vm);
        vm::add_waiter(*share.promise, share);
        isolate.pool().start(share.task);
    }
    return promise;
}

// --- in place ------------------------------------------------------------------------------------------------------

namespace {

/// A bound for the instructions of one call; SIZE_MAX when there is none.
std::size_t instruction_bound(const vm::Code& code) {
    using bytecode::Op;
    for (const bytecode::Instruction& ins : code.source->code) {
        switch (ins.op) {
            case Op::Loop:
            case Op::ForRange:
            case Op::ForPrepare:
            case Op::ForPrepareEnumerate:
            case Op::ForPrepareZip:
            case Op::Call:
            case Op::CallFunction:
            case Op::CallBuiltin:
            case Op::CallSpread:
            case Op::Invoke:
            case Op::InvokePlace:
            case Op::InvokeSpread:
            case Op::InvokePlaceSpread:
            case Op::ArraySpread:
            case Op::DictSpread:
            case Op::In:
            case Op::GetUpvalue:
            case Op::GetUpvalueCell:
            case Op::GetGlobal:
            case Op::Await:
            case Op::Yield:
            case Op::Spawn: return SIZE_MAX;
            default: break;
        }
    }
    return code.source->code.size();
}

bool is_small(Vm& vm, const Value& elements, const Value& function) {
    const auto& object = *function.as<vm::FunctionObject>();
    if (object.form() != vm::FunctionForm::Closure || !object.code->is_plain || vm.image().reach(*object.code).changes_state) return false;
    const vm::ArrayObject& array = *elements.as_array();
    const std::size_t bound = instruction_bound(*object.code);
    if (bound == SIZE_MAX || array.size * bound > kSmallWork) return false;
    return std::all_of(array.begin(), array.end(), [](const Value& each) {
        return !each.is_heap() || (each.is_string() && each.as_string()->size < 100);
    });
}

}  // namespace

PromiseObject* parallel_map(Vm& vm, Value elements, Value function, std::size_t limit, bool keeps_results) {
    if (elements.as_array()->size == 0) {
        PromiseObject* promise = vm::new_promise();
        vm::settle(vm, *promise, PromiseState::Fulfilled, keeps_results ? std::move(elements) : Value());
        return promise;
    }
    if (is_small(vm, elements, function)) {
        const Value body = Value::adopt(vm.prelude_helper("tasks", "map_here")->constant);
        const Value arguments[] = {std::move(elements), std::move(function), Value::boolean(keeps_results)};
        return vm.start_fiber(body, arguments, 3);
    }
    return ParallelCall::start(vm, elements, function, limit, keeps_results);
}

std::unique_ptr<vm::Transfer> ParallelShare::send(Vm&) {
    class ShareTransfer final : public vm::Transfer {
    public:
        explicit ShareTransfer(std::shared_ptr<ParallelJob> job) : job_(std::move(job)) {}
        Value open(Vm&) override { return vm::make_handle(ValueKind::TaskHandle, new ParallelShare(job_)); }

    private:
        std::shared_ptr<ParallelJob> job_;
    };
    return std::make_unique<ShareTransfer>(job);
}

}  // namespace ruff::runtime
