#include "core/runtime/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "core/support/mutex.h"
#include "core/vm/output.h"
#include "core/vm/vm.h"

extern char** environ;

namespace ruff::runtime {
namespace {

constexpr vm::Instant kGrace = 1'000'000'000;        // between SIGTERM and SIGKILL
constexpr std::size_t kReadAhead = 256 * 1024;       // of output that nobody has asked for

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    ~Fd() { reset(); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    void reset(int number = -1) {
        if (number_ >= 0) ::close(number_);
        number_ = number;
    }
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

Error system_failure(const std::string& about, int number) {
    return {number == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable, about + ": " + std::strerror(number)};
}

/// A pipe whose ends no child inherits by accident. `ours` is the end that does not block: 0, 1, or -1 for none.
Result<void> open_pipe(Fd& reading, Fd& writing, int ours) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_failure("pipe", errno);
    reading.reset(ends[0]);
    writing.reset(ends[1]);
    if (ours >= 0) ::fcntl(ends[ours], F_SETFL, O_NONBLOCK);
    return {};
}

/// The environment of the children, as posix_spawn takes it.
class Environment {
public:
    explicit Environment(const std::vector<std::pair<std::string, std::optional<std::string>>>& changes) {
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string_view text = *entry;
            const std::string_view name = text.substr(0, text.find('='));
            const bool is_changed = std::any_of(changes.begin(), changes.end(), [&](const auto& change) { return change.first == name; });
            if (!is_changed) entries_.emplace_back(text);
        }
        for (const auto& [name, value] : changes) {
            if (value) entries_.push_back(name + "=" + *value);
        }
        for (std::string& entry : entries_) pointers_.push_back(entry.data());
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char** pointers() { return pointers_.data(); }

private:
    std::vector<std::string> entries_;
    std::vector<char*> pointers_;
};

/// The groups of all isolates that run, by number, for the end of the program. A number is taken out in the same step in which its
/// last process is reaped, so that none is signalled that the system has given to somebody else. Thread-safe.
class RunningGroups {
public:
    void add(int group) {
        const std::lock_guard lock(mutex_);
        groups_.insert(group);
    }
    /// Reaps the process if it has ended; `is_last` of its group.
    bool reap(int pidfd, int group, bool is_last, siginfo_t& info) {
        const std::lock_guard lock(mutex_);
        if (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return false;
        if (is_last) groups_.erase(group);
        return true;
    }
    void end_all() {
        const std::lock_guard lock(mutex_);
        for (const int group : groups_) ::kill(-group, SIGTERM);
    }

private:
    Mutex mutex_;
    std::set<int> groups_;
};

RunningGroups& running_groups() {
    static auto& groups = *new RunningGroups;   // never destroyed: isolates may outlive static data
    return groups;
}

/// Of one isolate: the groups that are being ended for nobody.
class Processes final : public Service {
public:
    Processes(vm::Vm&, Loop&) {}
    void turn(vm::Vm&, bool) override {}
    void shut_down() override { end_processes(); }
    std::set<std::shared_ptr<ProcessGroup>> abandoned;
};

}  // namespace

void end_processes() { running_groups().end_all(); }

// --- starting ----------------------------------------------------------------------------------------------------

Result<std::shared_ptr<ProcessGroup>> ProcessGroup::start(vm::Vm& vm, const std::vector<std::vector<std::string>>& stages, ProcessOptions options) {
    // What the program has printed comes before what the child prints.
    vm::Output::flush();
    struct stat status {};
    if (!options.cwd.empty() && (::stat(options.cwd.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))) {
        return system_failure(options.cwd, S_ISREG(status.st_mode) ? ENOTDIR : ENOENT);
    }
    const std::shared_ptr<ProcessGroup> group(new ProcessGroup(vm, std::move(options)));
    const Result<void> started = group->start_stages(stages);
    if (!started) {
        group->abandon();
        return started.error();
    }
    return group;
}

ProcessGroup::ProcessGroup(vm::Vm& vm, ProcessOptions options) : vm_(vm), options_(std::move(options)) {
    (void)Loop::of(vm).service<Processes>();   // ends it with the program
}

ProcessGroup::~ProcessGroup() {
    vm_.scheduler.disarm(alarm_);
    for (Stream* stream : {&output, &errors}) {
        stream->watch.reset();
        if (stream->descriptor >= 0) ::close(stream->descriptor);
    }
    input_watch_.reset();
    if (input_descriptor_ >= 0) ::close(input_descriptor_);
    for (Child& child : children_) {
        child.watch.reset();
        if (child.pidfd >= 0) ::close(child.pidfd);
    }
}

Result<void> ProcessGroup::start_stages(const std::vector<std::vector<std::string>>& stages) {
    Fd next_input, output_end, errors_end, ours;
    if (options_.input.empty() && !options_.keeps_input_open) {
        next_input.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        if (next_input.get() < 0) return system_failure("/dev/null", errno);
    } else {
        RUFF_CHECK(open_pipe(next_input, ours, 1));
        input_descriptor_ = ours.release();
        input_ = std::move(options_.input);
        closes_input_ = !options_.keeps_input_open;
    }
    Fd errors_ours;
    RUFF_CHECK(open_pipe(errors_ours, errors_end, 0));
    errors.descriptor = errors_ours.release();
    errors.has_ended = false;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        Fd following;
        const bool is_last = i + 1 == stages.size();
        RUFF_CHECK(open_pipe(following, output_end, is_last ? 0 : -1));
        RUFF_CHECK(start_stage(stages[i], next_input.get(), output_end.get(), errors_end.get()));
        if (is_last) {
            output.descriptor = following.release();
            output.has_ended = false;
        } else {
            next_input.reset(following.release());
        }
    }
    for (std::size_t i = 0; i < children_.size(); ++i) watch_child(i);
    if (options_.timeout_ms > 0) {
        alarm_.group = this;
        alarm_.fire = [](vm::Vm&, vm::Timer& timer) { static_cast<Alarm&>(timer).group->time_out(); };
        vm_.scheduler.arm(alarm_, vm_.scheduler.now() + options_.timeout_ms * 1'000'000);
    }
    if (options_.collects_output) watch_stream(output);
    watch_stream(errors);
    write_input();
    return {};
}

Result<void> ProcessGroup::start_stage(const std::vector<std::string>& argv, int input, int output_end, int errors_end) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output_end, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors_end, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (!options_.cwd.empty()) posix_spawn_file_actions_addchdir_np(&actions, options_.cwd.c_str());

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, group_);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    Environment environment(options_.env);
    pid_t pid = -1;
    const int failure = ::posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environment.pointers());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return system_failure(argv[0], failure);

    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {   // no descriptor left: a process that cannot be watched is not kept
        const int reason = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return system_failure(argv[0], reason);
    }
    Child& child = children_.emplace_back();
    child.pid = pid;
    child.pidfd = pidfd;
    ++running_;
    if (group_ != 0) return {};
    group_ = pid;
    running_groups().add(group_);
    return {};
}

// --- ends --------------------------------------------------------------------------------------------------------

void ProcessGroup::watch_child(std::size_t index) {
    Child& child = children_[index];
    if (child.watch != nullptr || child.has_ended) return;
    child.watch = std::make_unique<Watch>(Loop::of(vm_), child.pidfd);
    child.watch->wait_readable([this, index] { child_ended(index); });
}

void ProcessGroup::child_ended(std::size_t index) {
    const std::shared_ptr<ProcessGroup> self = shared_from_this();
    Child& child = children_[index];
    siginfo_t info{};
    // The group's number is ours as long as its leader is not reaped.
    if (running_ == 1 && (is_timed_out_ || is_abandoned_)) kill_group(SIGKILL);
    if (!running_groups().reap(child.pidfd, group_, running_ == 1, info)) {
        child.watch->wait_readable([this, index] { child_ended(index); });
        return;
    }
    constexpr int kSignalBase = 128;
    child.exit_code = info.si_code == CLD_EXITED ? info.si_status : kSignalBase + info.si_status;
    child.has_ended = true;
    child.watch.reset();
    ::close(std::exchange(child.pidfd, -1));
    if (--running_ == 0) last_ended();
    changed();
}

void ProcessGroup::last_ended() {
    vm_.scheduler.disarm(alarm_);
    drop_input();
    // Everything that was written is there by now; a grandchild that holds the pipe open may write more, for nobody.
    if (options_.collects_output) {
        read_stream(output);
        output.has_ended = true;
    }
    read_stream(errors);
    errors.has_ended = true;
    if (!is_abandoned_) return;
    Loop& loop = Loop::of(vm_);
    loop.end_operation();
    loop.service<Processes>().abandoned.erase(shared_from_this());   // child_ended holds it until it returns
}

int ProcessGroup::exit_code() const {
    for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
        if (child->exit_code != 0) return child->exit_code;
    }
    return 0;
}

int ProcessGroup::pid() const { return children_.empty() ? -1 : children_.back().pid; }

bool ProcessGroup::signal(int number) {
    if (has_ended()) return false;
    kill_group(number);
    return true;
}

void ProcessGroup::kill_group(int number) {
    if (group_ > 0) ::kill(-group_, number);
}

void ProcessGroup::time_out() {
    if (has_ended()) return;
    // The first time politely; the alarm comes again.
    kill_group(is_killed_ ? SIGKILL : SIGTERM);
    if (!is_abandoned_) is_timed_out_ = true;
    if (!std::exchange(is_killed_, true)) vm_.scheduler.arm(alarm_, vm_.scheduler.now() + kGrace);
}

void ProcessGroup::abandon() {
    on_change = nullptr;
    if (has_ended() || is_abandoned_) return;
    is_abandoned_ = true;
    Loop& loop = Loop::of(vm_);
    loop.begin_operation();
    loop.service<Processes>().abandoned.insert(shared_from_this());
    for (std::size_t i = 0; i < children_.size(); ++i) watch_child(i);
    drop_input();
    vm_.scheduler.disarm(alarm_);
    alarm_.group = this;
    alarm_.fire = [](vm::Vm&, vm::Timer& timer) { static_cast<Alarm&>(timer).group->time_out(); };
    time_out();
}

void ProcessGroup::changed() {
    if (on_change == nullptr) return;
    const std::function<void()> call = on_change;   // the owner may take itself away
    call();
}

// --- streams -----------------------------------------------------------------------------------------------------

void ProcessGroup::watch_stream(Stream& stream) {
    if (stream.has_ended || stream.is_watched) return;
    if (stream.watch == nullptr) stream.watch = std::make_unique<Watch>(Loop::of(vm_), stream.descriptor);
    stream.is_watched = true;
    stream.watch->wait_readable([this, &stream] {
        const std::shared_ptr<ProcessGroup> self = shared_from_this();
        stream.is_watched = false;
        read_stream(stream);
        if (&stream == &errors || options_.collects_output) watch_stream(stream);
        changed();
    });
}

void ProcessGroup::read_stream(Stream& stream) {
    char block[64 * 1024];
    const bool is_held_back = &stream == &output && !options_.collects_output;
    while (!stream.has_ended && stream.descriptor >= 0 && !(is_held_back && stream.data.size() >= std::max(kReadAhead, stream.wanted))) {
        const ssize_t count = ::read(stream.descriptor, block, sizeof(block));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            stream.has_ended = true;
            return;
        }
        const std::uint64_t left = stream.total < options_.max_output_bytes ? options_.max_output_bytes - stream.total : 0;
        const std::size_t kept = is_held_back ? static_cast<std::size_t>(count) : std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
        stream.data.append(block, kept);
        stream.total += kept;
        if (kept < static_cast<std::size_t>(count)) stream.is_truncated = true;
    }
}

bool ProcessGroup::demand_output() {
    output.wanted = output.data.size() + kReadAhead;
    if (output.has_ended) return true;
    if (!has_ended()) {
        watch_stream(output);
        return false;
    }
    read_stream(output);
    // Ended and read up to here: nobody waits for what a grandchild might add.
    if (output.data.size() < output.wanted) output.has_ended = true;
    return true;
}

void ProcessGroup::collect_output() {
    options_.collects_output = true;
    output.total = output.data.size();
    if (!has_ended()) return watch_stream(output);
    read_stream(output);
    output.has_ended = true;
}

void ProcessGroup::write(std::string_view text) {
    if (input_descriptor_ < 0) return;
    if (unwritten() == 0) {
        input_.clear();
        input_written_ = 0;
    }
    input_ += text;
    write_input();
}

void ProcessGroup::close_input() {
    closes_input_ = true;
    if (unwritten() > 0 || input_descriptor_ < 0) return;
    input_watch_.reset();
    is_input_watched_ = false;
    ::close(std::exchange(input_descriptor_, -1));
}

void ProcessGroup::drop_input() {
    input_.clear();
    input_written_ = 0;
    close_input();
}

void ProcessGroup::write_input() {
    while (unwritten() > 0 && input_descriptor_ >= 0) {
        const ssize_t count = ::write(input_descriptor_, input_.data() + input_written_, unwritten());
        if (count >= 0) {
            input_written_ += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            if (std::exchange(is_input_watched_, true)) return;
            if (input_watch_ == nullptr) input_watch_ = std::make_unique<Watch>(Loop::of(vm_), input_descriptor_);
            input_watch_->wait_writable([this] {
                const std::shared_ptr<ProcessGroup> self = shared_from_this();
                is_input_watched_ = false;
                write_input();
                changed();
            });
            return;
        } else if (errno != EINTR) {
            drop_input();   // nobody reads it any more
        }
    }
    if (closes_input_) close_input();
}

}  // namespace ruff::runtime
