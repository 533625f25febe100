#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/builtins/file_handle.h"
#include "core/runtime/blocking.h"
#include "core/support/result.h"

// Bodies that block: what they do is a function that runs on a worker, gives plain data, and touches no value.
namespace ruff::builtins {

/// Text from the disk: UTF-8, or an error with the offset.
struct FileText {
    std::string text;
    std::string origin;  ///< the path, for the error
};
struct FileBytes {
    std::string bytes;
};
/// Names as the system has them; what is not UTF-8 in them is replaced.
struct FileNames {
    std::vector<std::string> names;
};
/// null, as a result.
struct Nothing {};
struct OpenedFile {
    std::unique_ptr<FileHandle> handle;
};

// What the program gets for them, on the isolate's thread. `row` is the builtin, for errors.
runtime::Answer to_answer(const BuiltinRow& row, bool value);
runtime::Answer to_answer(const BuiltinRow& row, std::int64_t value);
runtime::Answer to_answer(const BuiltinRow& row, Nothing value);
runtime::Answer to_answer(const BuiltinRow& row, FileText&& value);
runtime::Answer to_answer(const BuiltinRow& row, FileBytes&& value);
runtime::Answer to_answer(const BuiltinRow& row, FileNames&& value);
runtime::Answer to_answer(const BuiltinRow& row, OpenedFile&& value);
/// Kind "io", with the builtin's name in front.
runtime::Answer to_failure(const BuiltinRow& row, const Error& error);

/// True for what succeeded.
[[nodiscard]] inline Result<bool> succeeded(const Result<void>& result) {
    if (!result) return result.error();
    return true;
}

template <typename T>
class PerformedTask final : public runtime::BlockingTask {
  public:
    PerformedTask(const BuiltinRow& row, std::function<runtime::Effort()> effort, std::function<Result<T>()> work)
        : row_(row), effort_(std::move(effort)), work_(std::move(work)) {}
    [[nodiscard]] runtime::Effort effort() const override { return effort_(); }
    void run() override { result_ = work_(); }
    [[nodiscard]] runtime::Answer answer(vm::Vm&) override {
        return *result_ ? to_answer(row_, std::move(**result_)) : to_failure(row_, result_->error());
    }
    [[nodiscard]] std::string_view name() const override { return row_.name; }

  private:
    const BuiltinRow& row_;
    std::function<runtime::Effort()> effort_;
    std::function<Result<T>()> work_;
    std::optional<Result<T>> result_;
};

/// Whether the builtin is an `async_…` form, which gives a promise.
[[nodiscard]] inline runtime::Form form_of(const BuiltinRow& row) {
    return row.name.starts_with("async_") ? runtime::Form::GivesPromise : runtime::Form::Suspends;
}

/// Runs `work` off the isolate's thread, or at once when `effort` is small and nothing else could run meanwhile.
/// What the body returns. `result` is given in the place of what the work gives, unless it fails.
template <typename T, typename Effort, typename Work>
vm::Outcome perform(vm::Call& call, Effort effort, Work work, vm::Value result = vm::Value::unset()) {
    auto task = std::make_shared<PerformedTask<T>>(call.row, std::move(effort), std::move(work));
    return runtime::run_blocking(call, form_of(call.row), std::move(task), std::move(result));
}

// ---- How long file operations take ------------------------------------------------------------------------

[[nodiscard]] inline runtime::Effort small_effort() { return runtime::Effort::Small; }
[[nodiscard]] inline runtime::Effort large_effort() { return runtime::Effort::Large; }
/// Reading or writing the whole of what is at `path`, and `size` bytes more. A FIFO or a terminal may take for ever; a
/// file of another machine is never small.
[[nodiscard]] runtime::Effort content_effort(const std::string& path, std::size_t size = 0);

}  // namespace ruff::builtins
