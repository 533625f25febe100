#pragma once
// Child processes, started and waited for without blocking and without a handler of SIGCHLD.
//
// A *group* is what one call starts: one process, or several with pipes between them, in a process group of their own, so that a
// signal reaches what they start as well. Each process has a pidfd that the loop watches; when all have been reaped the group has
// ended. What a process has written before its end is in the pipe by then and is read; that a grandchild holds the pipe open
// keeps nobody waiting.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/runtime/loop.h"
#include "core/support/result.h"

namespace ruff::runtime {

struct ProcessOptions {
    std::string cwd;                                    ///< empty: the program's
    std::vector<std::pair<std::string, std::optional<std::string>>> env;   ///< changes to the program's; nothing: removed
    std::string input;
    bool keeps_input_open = false;                      ///< more is written later
    std::int64_t timeout_ms = 0;                        ///< 0: none
    std::size_t max_output_bytes = 64u << 20;           ///< of each stream; what is more is read and dropped
    bool collects_output = true;                        ///< else it is read as it is asked for
};

class ProcessGroup : public std::enable_shared_from_this<ProcessGroup> {
public:
    /// Starts `stages`, each a program with its arguments; fails with the system's words.
    [[nodiscard]] static Result<std::shared_ptr<ProcessGroup>> start(vm::Vm& vm, const std::vector<std::vector<std::string>>& stages,
                                                                     ProcessOptions options);
    ~ProcessGroup();
    ProcessGroup(const ProcessGroup&) = delete;
    ProcessGroup& operator=(const ProcessGroup&) = delete;

    /// Called from the loop whenever there is more output, room for input, or an end. May drop the group.
    std::function<void()> on_change;

    [[nodiscard]] bool has_ended() const { return running_ == 0; }
    /// Of the last one that failed, or 0; 128 and the signal's number for what a signal ended. Once it has ended.
    [[nodiscard]] int exit_code() const;
    [[nodiscard]] bool is_timed_out() const { return is_timed_out_; }
    [[nodiscard]] int pid() const;

    struct Stream {
        int descriptor = -1;
        std::unique_ptr<Watch> watch;
        bool is_watched = false;
        std::string data;           ///< read and not taken
        std::uint64_t total = 0;    ///< read in all
        std::size_t wanted = 0;     ///< of output that is read as it is asked for: how much there may be of it
        bool has_ended = true;
        bool is_truncated = false;
    };
    Stream output, errors;

    /// More of the output than there is now: asked for by whoever takes it, again and again when that was not enough. True when
    /// more has been read, or its end, already; else `on_change` tells.
    [[nodiscard]] bool demand_output();
    /// Of each stream: what the options allow.
    [[nodiscard]] std::size_t max_output_bytes() const { return options_.max_output_bytes; }
    /// False once nobody can read what is written: it was closed, or the process has ended.
    [[nodiscard]] bool takes_input() const { return input_descriptor_ >= 0 && !closes_input_; }
    /// Reads it all to the end, up to the limit.
    void collect_output();

    void write(std::string_view text);
    [[nodiscard]] std::size_t unwritten() const { return input_.size() - input_written_; }
    void close_input();

    /// False when it has ended already.
    bool signal(int number);
    /// Ends the group for nobody: SIGTERM, after a second SIGKILL; it is reaped in any case. The program waits for that.
    void abandon();

private:
    struct Child {
        int pid = -1;
        int pidfd = -1;
        std::unique_ptr<Watch> watch;
        int exit_code = 0;
        bool has_ended = false;
    };
    struct Alarm : vm::Timer {
        ProcessGroup* group = nullptr;
    };

    ProcessGroup(vm::Vm& vm, ProcessOptions options);
    Result<void> start_stages(const std::vector<std::vector<std::string>>& stages);
    Result<void> start_stage(const std::vector<std::string>& argv, int input, int output, int errors);
    void watch_child(std::size_t index);
    void child_ended(std::size_t index);
    void watch_stream(Stream& stream);
    void read_stream(Stream& stream);
    void write_input();
    void last_ended();
    void time_out();
    void kill_group(int number);
    void drop_input();
    void changed();

    vm::Vm& vm_;
    ProcessOptions options_;
    std::vector<Child> children_;
    std::size_t running_ = 0;
    int group_ = 0;
    bool is_timed_out_ = false;
    bool is_abandoned_ = false;
    bool is_killed_ = false;
    std::string input_;
    std::size_t input_written_ = 0;
    int input_descriptor_ = -1;
    std::unique_ptr<Watch> input_watch_;
    bool is_input_watched_ = false;
    bool closes_input_ = false;
    Alarm alarm_;                   // the time-out, then the grace between SIGTERM and SIGKILL
};

/// The program ends: SIGTERM to every group that runs, whatever isolate started it. Thread-safe.
void end_processes();

}  // namespace ruff::runtime
