#pragma once

#include <string>
#include <string_view>

namespace ruff::lsp {

struct ServeOptions {
    /// Every message of both sides is written there as a line of JSON; empty for nowhere.
    std::string record;
};

/// The server on standard input and output, until `exit` or the end of the input. Gives the exit code.
///
/// A reader thread owns standard input: it cuts frames and hands them over, so that a cancellation is noticed while
/// the writer is at work. Replies go out from the thread that made them, whole and one after the other. When the client
/// stops reading, writing blocks, then the server stops taking messages, then the reader stops reading: nothing grows.
[[nodiscard]] int serve(const ServeOptions& options);

/// Gives the client's side of a recording to a new server and prints what it answers, a message a line. The exit code
/// is 5 when the file cannot be read.
[[nodiscard]] int replay(const std::string& path);

}  // namespace ruff::lsp
