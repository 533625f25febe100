#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/support/line_index.h"
#include "core/support/result.h"
#include "core/support/span.h"

namespace ruff {

/// Sources beyond this many bytes are refused.
inline constexpr std::size_t kMaxSourceSize = 16 * 1024 * 1024;

/// A text and the name messages give it. Immutable and shared between threads by `shared_ptr<const>`; spans
/// count bytes of `text()`, that is after a byte order mark, if there was one.
class SourceFile {
public:
    /// Drops a byte order mark. Any bytes do: the lexer reports what is not UTF-8.
    SourceFile(std::string path, std::string text);
    SourceFile(const SourceFile&) = delete;
    SourceFile& operator=(const SourceFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] std::string_view text(Span span) const { return text().substr(span.begin, span.size()); }
    [[nodiscard]] bool had_byte_order_mark() const { return had_byte_order_mark_; }

    /// Built at the first call; thread-safe.
    [[nodiscard]] const LineIndex& lines() const;

private:
    std::string path_;
    std::string text_;
    bool had_byte_order_mark_ = false;
    mutable std::once_flag lines_once_;
    mutable std::optional<LineIndex> lines_;
};

[[nodiscard]] std::shared_ptr<const SourceFile> make_source(std::string path, std::string text);

/// Reads the file `path`; "-" reads standard input. Line ends are kept, so spans match the file on disk but
/// for a dropped byte order mark. Fails with `NotFound`, `Unreadable` (a directory too) or `TooLarge`; what is
/// not UTF-8 is no failure here but a diagnostic of the lexer.
[[nodiscard]] Result<std::shared_ptr<const SourceFile>> load_source(const std::string& path);

}  // namespace ruff
