// Bodies of the family `processes`.

#include <csignal>
#include <unistd.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/environment_variables.h"
#include "core/builtins/file_system.h"
#include "core/builtins/gate.h"
#include "core/runtime/pending.h"
#include "core/runtime/process.h"
#include "core/runtime/signals.h"
#include "core/vm/dict.h"
#include "core/vm/handle.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using runtime::Answer;
using runtime::Form;
using runtime::ProcessGroup;
using runtime::ProcessOptions;
using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

using Group = std::shared_ptr<ProcessGroup>;
using Stages = std::vector<std::vector<std::string>>;

// ---- Arguments --------------------------------------------------------------------------------------------

bool refuse(Call& call, const std::string& words) {
    raise_value_error(call, words);
    return false;
}

bool refuse_kind(Call& call, std::string_view what, std::string_view expected, const Value& value) {
    call.raise(ErrorKind::Type, std::string(call.row.shown_name()) + ": " + std::string(what) + " expects " + std::string(expected) + ", got " +
                                    std::string(value_kind_name(value.kind())));
    return false;
}

// The words of one command. False: raised.
bool read_words(Call& call, const Value& command, std::vector<std::string>& words) {
    if (!command.is_array()) return refuse_kind(call, "a command", "an array of words", command);
    const Value holder = command;
    for (const Value& word : *holder.as_array()) {
        if (!append_display(call, word, words.emplace_back())) return false;
        if (words.back().find('\0') != std::string::npos) return refuse(call, "a word of a command may not hold a NUL character");
    }
    return !words.empty() || refuse(call, "there is no program to run");
}

bool read_milliseconds(Call& call, std::int64_t& out) {
    const Value* value = find_option(call, 1, "timeout_ms");
    if (value == nullptr || value->is_null()) return true;
    if (!value->is_number()) return refuse_kind(call, "option `timeout_ms`", "number", *value);
    constexpr double kMost = 1e12;
    if (!(value->as_number() >= 0 && value->as_number() <= kMost)) return refuse(call, "option `timeout_ms` must be 0 to 1e12");
    out = static_cast<std::int64_t>(std::ceil(value->as_number()));
    return true;
}

bool read_environment(Call& call, ProcessOptions& options) {
    for (auto& [name, value] : EnvironmentVariables::list()) options.env.emplace_back(name, value);
    const Value* changes = find_option(call, 1, "env");
    if (changes == nullptr || changes->is_null()) return true;
    if (!changes->is_dict()) return refuse_kind(call, "option `env`", "dict", *changes);
    const Value holder = *changes;
    const vm::DictObject* entries = holder.as_dict();
    for (std::uint32_t i = vm::dict_next(entries, 0); i < entries->used; i = vm::dict_next(entries, i + 1)) {
        std::string name;
        if (!append_display(call, entries->entries[i].key, name)) return false;
        if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
            return refuse(call, "`" + name + "` cannot be the name of a variable");
        }
        std::erase_if(options.env, [&](const auto& entry) { return entry.first == name; });
        std::optional<std::string> text;
        if (!entries->entries[i].value.is_null() && !append_display(call, entries->entries[i].value, text.emplace())) return false;
        options.env.emplace_back(std::move(name), std::move(text));
    }
    return true;
}

// The options in argument 1. False: raised.
bool read_options(Call& call, ProcessOptions& options) {
    if (!check_options(call, 1, {"cwd", "env", "stdin", "timeout_ms", "max_output_bytes"})) return false;
    if (const Value* cwd = find_option(call, 1, "cwd"); cwd != nullptr && !cwd->is_null()) {
        if (!cwd->is_string()) return refuse_kind(call, "option `cwd`", "string", *cwd);
        options.cwd = cwd->as_string()->view();
    }
    if (const Value* input = find_option(call, 1, "stdin"); input != nullptr && !input->is_null()) {
        if (!input->is_string() && !input->is(ValueKind::Bytes)) return refuse_kind(call, "option `stdin`", "string or bytes", *input);
        options.input = input->as_string()->view();
    }
    if (const Value* limit = find_option(call, 1, "max_output_bytes"); limit != nullptr && !limit->is_null()) {
        if (!limit->is_int()) return refuse_kind(call, "option `max_output_bytes`", "int", *limit);
        if (limit->as_int() < 0 || limit->as_int() > static_cast<std::int64_t>(vm::kMaxStringSize)) {
            return refuse(call, "option `max_output_bytes` must be 0 to " + std::to_string(vm::kMaxStringSize));
        }
        options.max_output_bytes = static_cast<std::size_t>(limit->as_int());
    }
    return read_milliseconds(call, options.timeout_ms) && read_environment(call, options);
}

// Starts what argument 0 says. Null: raised.
Group start_group(Call& call, const Stages& stages, ProcessOptions options) {
    for (const std::vector<std::string>& words : stages) {
        if (!pass_gate(call, words[0])) return nullptr;
    }
    Result<Group> group = ProcessGroup::start(call.vm, stages, std::move(options));
    if (group) return *group;
    call.raise(ErrorKind::Io, std::string(call.row.shown_name()) + ": " + group.error().message);
    return nullptr;
}

// ---- Results ----------------------------------------------------------------------------------------------

Value text_value(std::string text) {
    if (vm::find_invalid_utf8(text) != std::string_view::npos) text = with_replacements(text);
    return vm::make_string(text);
}

Answer result_answer(ProcessGroup& group) {
    DictBuilder dict(7);
    dict.set("exitcode", Value::integer(group.exit_code()));
    dict.set("stdout", text_value(std::exchange(group.output.data, {})));
    dict.set("stderr", text_value(std::exchange(group.errors.data, {})));
    dict.set("success", Value::boolean(group.exit_code() == 0 && !group.is_timed_out()));
    dict.set("timed_out", Value::boolean(group.is_timed_out()));
    dict.set("stdout_truncated", Value::boolean(group.output.is_truncated));
    dict.set("stderr_truncated", Value::boolean(group.errors.is_truncated));
    return {dict.take(), false};
}

// Commands that are run to their end.
class Collection final : public runtime::Pending {
  public:
    explicit Collection(Group group) : group_(std::move(group)) {}

    static Outcome start(Call& call, Form form) {
        const Value commands = call[0];
        Stages stages;
        for (const Value& command : *commands.as_array()) {
            if (!read_words(call, command, stages.emplace_back())) return Outcome::Raised;
        }
        if (stages.empty()) return raise_value_error(call, "there is no command to run");
        ProcessOptions options;
        if (!read_options(call, options)) return Outcome::Raised;
        Group group = start_group(call, stages, std::move(options));
        if (group == nullptr) return Outcome::Raised;
        auto pending = std::make_unique<Collection>(group);
        group->on_change = [&vm = call.vm, waiting = pending.get()] { waiting->look(vm); };
        return Pending::start(call, form, std::move(pending));
    }
    [[nodiscard]] std::string_view describe() const override { return "a process"; }

  private:
    void look(vm::Vm& vm) {
        if (!group_->has_ended()) return;
        group_->on_change = nullptr;
        finish(vm, result_answer(*group_));
    }
    void abort(vm::Vm&) override { group_->abandon(); }

    Group group_;
};

// ---- Processes in the background --------------------------------------------------------------------------

class ProcessWait;

// The inside of a value of kind `process`. Dropping it ends the process.
class ProcessHandle final : public vm::Handle {
  public:
    explicit ProcessHandle(Group started) : group(std::move(started)) {
        group->on_change = [this] { changed(); };
    }
    ~ProcessHandle() override { group->abandon(); }
    [[nodiscard]] std::string describe() const override { return "process " + std::to_string(group->pid()); }

    void changed();

    bool take_line(Answer& answer) {
        std::string& data = group->output.data;
        std::size_t end = data.find('\n', searched_);
        while (end == std::string::npos && !group->output.has_ended) {
            searched_ = data.size();
            if (data.size() > group->max_output_bytes()) {
                answer = runtime::failure(ErrorKind::Io, "lines: a line is longer than max_output_bytes (" +
                                                             std::to_string(group->max_output_bytes()) + ")");
                return true;
            }
            if (!group->demand_output()) return false;
            end = data.find('\n', searched_);
        }
        if (end == std::string::npos && data.empty()) return true;
        end = std::min(end, data.size());
        std::string line = data.substr(0, end);
        data.erase(0, end + 1);
        searched_ = 0;
        if (line.ends_with('\r')) line.pop_back();
        answer = {text_value(std::move(line)), false};
        return true;
    }
    bool take_output(Answer& answer) {
        group->collect_output();
        if (!group->output.has_ended) return false;
        answer = {text_value(std::exchange(group->output.data, {})), false};
        return true;
    }
    bool take_errors(Answer& answer) {
        if (!group->errors.has_ended) return false;
        answer = {text_value(std::exchange(group->errors.data, {})), false};
        return true;
    }
    bool take_end(Answer& answer) {
        group->collect_output();
        group->close_input();
        if (!group->has_ended()) return false;
        answer = result_answer(*group);
        return true;
    }
    // Room for more input: what was written has gone into the pipe.
    bool take_room(Answer&) { return group->unwritten() == 0; }

    Group group;
    std::vector<ProcessWait*> waiting;

  private:
    std::size_t searched_ = 0;   // no line feed before it
};

// A fiber that waits for something of a process; it holds the process.
class ProcessWait final : public runtime::Pending {
  public:
    using Take = bool (ProcessHandle::*)(Answer& answer);

    ProcessWait(vm::Vm& vm, Value holder, Take take, Value result)
        : vm_(vm), holder_(std::move(holder)), take_(take), result_(std::move(result)) {}

    // Gives what there is, or waits. `result`, unless it is unset, is given in its place.
    static Outcome give(Call& call, Take take, Value result = Value::unset()) {
        const Value holder = call[0];
        ProcessHandle& process = vm::handle_of<ProcessHandle>(holder);
        Answer answer;
        if ((process.*take)(answer)) return call.done(result.is(ValueKind::Unset) ? std::move(answer.value) : std::move(result));
        auto wait = std::make_unique<ProcessWait>(call.vm, holder, take, std::move(result));
        process.waiting.push_back(wait.get());
        return Pending::start(call, Form::Suspends, std::move(wait));
    }
    void look() {
        Answer answer;
        if (!(process().*take_)(answer)) return;
        std::erase(process().waiting, this);
        finish(vm_, result_.is(ValueKind::Unset) ? std::move(answer) : Answer{std::move(result_), false});
    }
    [[nodiscard]] std::string_view describe() const override { return "a process"; }

  private:
    void abort(vm::Vm&) override { std::erase(process().waiting, this); }
    [[nodiscard]] ProcessHandle& process() const { return vm::handle_of<ProcessHandle>(holder_); }

    vm::Vm& vm_;
    Value holder_;
    Take take_;
    Value result_;
};

void ProcessHandle::changed() {
    const std::vector<ProcessWait*> all = waiting;
    for (ProcessWait* wait : all) wait->look();
}

Group& group_of(Call& call) { return vm::handle_of<ProcessHandle>(call[0]).group; }

struct SignalName {
    std::string_view name;
    int number;
};
constexpr SignalName kSignals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"KILL", SIGKILL},   {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
    {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CHLD", SIGCHLD}, {"CONT", SIGCONT},   {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU}, {"URG", SIGURG},   {"WINCH", SIGWINCH}, {"IO", SIGIO},     {"PIPE", SIGPIPE},
};

// The number of a signal by its name, with or without `SIG`; 0: raised.
int read_signal(Call& call, std::uint32_t argument) {
    std::string_view name = call.text(argument);
    if (name.starts_with("SIG")) name.remove_prefix(3);
    for (const SignalName& signal : kSignals) {
        if (signal.name == name) return signal.number;
    }
    raise_value_error(call, "unknown signal " + vm::display_for_message(call[argument]));
    return 0;
}

}  // namespace

namespace bodies {

Outcome process_collect(Call& call) { return Collection::start(call, Form::Suspends); }
Outcome process_promise(Call& call) { return Collection::start(call, Form::GivesPromise); }

Outcome process_start(Call& call) {
    Stages stages(1);
    ProcessOptions options;
    if (!read_words(call, call[0], stages[0]) || !read_options(call, options)) return Outcome::Raised;
    options.keeps_input_open = true;
    options.collects_output = false;
    Group group = start_group(call, stages, std::move(options));
    if (group == nullptr) return Outcome::Raised;
    return call.done(vm::make_handle(ValueKind::Process, new ProcessHandle(std::move(group))));
}

Outcome process_line(Call& call) { return ProcessWait::give(call, &ProcessHandle::take_line); }
Outcome process_stdout(Call& call) { return ProcessWait::give(call, &ProcessHandle::take_output); }
Outcome process_stderr(Call& call) { return ProcessWait::give(call, &ProcessHandle::take_errors); }
Outcome process_finish(Call& call) { return ProcessWait::give(call, &ProcessHandle::take_end); }

Outcome process_write(Call& call) {
    if (!group_of(call)->takes_input()) {
        return call.raise(ErrorKind::Io, "write: nobody reads what the process is given: its input was closed, or it has ended");
    }
    group_of(call)->write(call.text(1));
    return ProcessWait::give(call, &ProcessHandle::take_room, call[0]);
}

Outcome process_close_stdin(Call& call) {
    group_of(call)->close_input();
    return call.done(call[0]);
}

Outcome process_kill(Call& call) {
    int number = read_signal(call, 1);
    return number == 0 ? Outcome::Raised : call.done(Value::boolean(group_of(call)->signal(number)));
}

Outcome process_pid(Call& call) { return call.done(Value::integer(group_of(call)->pid())); }

Outcome which(Call& call) {
    if (!pass_gate(call, call.text(0))) return Outcome::Raised;
    std::string name(call.text(0));
    auto is_program = [](const std::string& path) {
        struct stat status{};
        return status_of(path, true, status) && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
    };
    if (name.empty() || name.find('\0') != std::string::npos) return call.done(Value());
    if (name.find('/') != std::string::npos) return is_program(name) ? call.done_text(name) : call.done(Value());
    std::string folders = EnvironmentVariables::get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t begin = 0; begin <= folders.size();) {
        std::size_t end = std::min(folders.find(':', begin), folders.size());
        std::string folder = folders.substr(begin, end - begin);
        std::string path = (folder.empty() ? "." : folder) + "/" + name;
        if (is_program(path)) return call.done_text(with_replacements(path));
        begin = end + 1;
    }
    return call.done(Value());
}

Outcome on_signal(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    int number = read_signal(call, 0);
    if (number == 0) return Outcome::Raised;
    if (number == SIGKILL || number == SIGSTOP) return raise_value_error(call, "no program can handle " + std::string(call.text(0)));
    if (!runtime::handle_signal(call.vm, number, call[1])) {
        return raise_value_error(call, "signals are handled by the main program, not in tasks");
    }
    return call.done(Value());
}

}  // namespace bodies
}  // namespace ruff::builtins
