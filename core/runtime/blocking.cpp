#include "core/runtime/blocking.h"

#include <algorithm>

#include "core/vm/trace.h"
#include "core/vm/vm.h"

namespace ruff::runtime {
namespace {

constexpr std::size_t kMaxBatch = 64;
constexpr vm::Instant kSoon = 1'000'000;   // a timer due within a millisecond is not kept waiting

class BlockingPending;

Answer answer_of(vm::Vm& vm, BlockingTask& task, vm::Value result) {
    Answer answer = task.answer(vm);
    if (!answer.is_error && !result.is(ValueKind::Unset)) answer.value = std::move(result);
    return answer;
}

/// A task with the one who waits for it; `pending` is looked at by the isolate's thread only.
struct Entry {
    std::shared_ptr<BlockingTask> task;
    BlockingPending* pending = nullptr;   // null: cancelled
};
using SharedEntry = std::shared_ptr<Entry>;

class BlockingPending final : public Pending {
public:
    BlockingPending(const vm::Vm& vm, SharedEntry entry, vm::Value result)
        : entry_(std::move(entry)), result_(std::move(result)), span_(vm::trace::begin(vm, "file", entry_->task->name())) {}
    void complete(vm::Vm& vm) {
        vm::trace::end(vm, span_);
        finish(vm, answer_of(vm, *entry_->task, std::move(result_)));
    }
    [[nodiscard]] std::string_view describe() const override { return entry_->task->name(); }

private:
    /// What has not begun will not begin; what runs on a worker owns what it touches and ends for nobody.
    void abort(vm::Vm& vm) override {
        vm::trace::end(vm, span_);
        entry_->pending = nullptr;
        entry_->task->is_abandoned = true;
    }
    SharedEntry entry_;
    vm::Value result_;
    vm::trace::Span span_;
};

class BatchDone final : public Completion {
public:
    explicit BatchDone(std::vector<SharedEntry> entries) : entries_(std::move(entries)) {}
    void deliver(vm::Vm& vm) override {
        for (const SharedEntry& entry : entries_) {
            if (entry->pending != nullptr) entry->pending->complete(vm);
        }
    }

private:
    std::vector<SharedEntry> entries_;
};

class PatientJob final : public Job {
public:
    PatientJob(SharedEntry entry, Mailbox mailbox) : entry_(std::move(entry)), mailbox_(std::move(mailbox)) {}
    void run() override {
        if (entry_->task->is_abandoned) return;
        entry_->task->run();
        mailbox_.post(std::make_unique<BatchDone>(std::vector{std::move(entry_)}));
    }

private:
    SharedEntry entry_;
    Mailbox mailbox_;
};

class BatchJob final : public Job {
public:
    BatchJob(std::vector<SharedEntry> entries, Mailbox mailbox) : entries_(std::move(entries)), mailbox_(std::move(mailbox)) {}
    void run() override {
        std::vector<SharedEntry> done;
        done.reserve(entries_.size());
        for (SharedEntry& entry : entries_) {
            BlockingTask& task = *entry->task;
            if (task.is_abandoned) continue;
            if (task.effort() == Effort::Endless) {
                submit(std::make_unique<PatientJob>(std::move(entry), mailbox_), Lane::Patient);
                continue;
            }
            task.run();
            done.push_back(std::move(entry));
        }
        mailbox_.post(std::make_unique<BatchDone>(std::move(done)));
    }

private:
    std::vector<SharedEntry> entries_;
    Mailbox mailbox_;
};

/// Gathers the tasks of one loop.
class BlockingService final : public Service {
public:
    BlockingService(vm::Vm&, Loop& loop) : loop_(loop) {}

    void add(SharedEntry entry) { gathered_.push_back(std::move(entry)); }

    void turn(vm::Vm& vm, bool is_idle) override {
        if (gathered_.empty()) return;
        std::vector<SharedEntry> entries = std::move(gathered_);
        gathered_.clear();
        std::erase_if(entries, [](const SharedEntry& entry) { return entry->pending == nullptr; });
        if (is_idle && entries.size() == 1 && is_only_work(vm) && entries[0]->task->effort() == Effort::Small) {
            ++in_place_;
            entries[0]->task->run();
            entries[0]->pending->complete(vm);
            return;
        }
        submit_batches(std::move(entries));
    }

    void add_counters(vm::RunCounters& counters) const override {
        counters[vm::RunCounter::FilesInPlace] += in_place_;
        counters[vm::RunCounter::FilesOnWorkers] += on_workers_;
        counters[vm::RunCounter::FileBatches] += batches_;
    }

private:
    [[nodiscard]] bool is_only_work(vm::Vm& vm) const {
        return loop_.outstanding() == 1 && vm.scheduler.next_deadline() > vm.scheduler.now() + kSoon;
    }

    /// Few tasks are spread over the threads, many go in batches.
    void submit_batches(std::vector<SharedEntry> entries) {
        const std::size_t size = std::clamp<std::size_t>(entries.size() / (4 * prompt_thread_count()), 1, kMaxBatch);
        for (std::size_t begin = 0; begin < entries.size(); begin += size) {
            const std::size_t end = std::min(begin + size, entries.size());
            std::vector<SharedEntry> batch(std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(begin)),
                                           std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(end)));
            ++batches_;
            on_workers_ += batch.size();
            submit(std::make_unique<BatchJob>(std::move(batch), loop_.mailbox()), Lane::Prompt);
        }
    }

    Loop& loop_;
    std::vector<SharedEntry> gathered_;
    std::uint64_t in_place_ = 0, on_workers_ = 0, batches_ = 0;
};

}  // namespace

bool is_alone(vm::Vm& vm) {
    if (vm.scheduler.has_ready()) return false;
    for (const vm::Fiber* fiber = vm.fiber; fiber != nullptr; fiber = fiber->resumer) {
        // Who started this one eagerly goes on when it suspends; who pulls from a generator waits with it.
        if (fiber->generator == nullptr && fiber->resumer != nullptr) return false;
    }
    if (vm.scheduler.events != nullptr && Loop::of(vm).outstanding() > 0) return false;
    const vm::Instant deadline = vm.scheduler.next_deadline();
    return deadline == vm::kNever || deadline > vm.scheduler.now() + kSoon;
}

vm::Outcome run_blocking(vm::Call& call, Form form, std::shared_ptr<BlockingTask> task, vm::Value result) {
    if (form == Form::Suspends && is_alone(call.vm) && task->effort() == Effort::Small) {
        task->run();
        Answer answer = answer_of(call.vm, *task, std::move(result));
        return answer.is_error ? call.vm.raise_value(std::move(answer.value)) : call.done(std::move(answer.value));
    }
    auto entry = std::make_shared<Entry>(Entry{std::move(task), nullptr});
    auto pending = std::make_unique<BlockingPending>(call.vm, entry, std::move(result));
    entry->pending = pending.get();
    Loop::of(call.vm).service<BlockingService>().add(std::move(entry));
    return Pending::start(call, form, std::move(pending));
}

}  // namespace ruff::runtime
