#pragma once
// Standard output of the process, shared by isolates: whole lines, written at once on a terminal, else when 64 KiB are
// full, all fibers wait, stderr is written, stdin read, a process started, or the program ends. Thread-safe.

#include <string>
#include <string_view>

namespace ruff::vm {

class Output {
public:
    /// What is written in one call is never mixed with what others write. False: standard output cannot be written (a
    /// full disk); `failure` says why, and what was waiting is lost. A pipe whose reader is gone ends the process as
    /// SIGPIPE does: quietly.
    static bool write(std::string_view text);
    /// Flushes standard output first, so that the two read in order.
    static void write_error(std::string_view text);
    static bool flush();
    /// The system's words for the first failure; empty while there was none.
    [[nodiscard]] static std::string failure();
};

}  // namespace ruff::vm
