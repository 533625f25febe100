#include "core/builtins/file_handle.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/support/utf8.h"
#include "core/vm/object.h"

namespace ruff::builtins {
namespace {

constexpr std::size_t kBlockSize = 64 * 1024;

int flags_of(std::string_view mode) {
    if (mode == "r") return O_RDONLY;
    if (mode == "w") return O_WRONLY | O_CREAT | O_TRUNC;
    if (mode == "a") return O_WRONLY | O_CREAT | O_APPEND;
    if (mode == "x") return O_WRONLY | O_CREAT | O_EXCL;
    if (mode == "r+") return O_RDWR;
    if (mode == "w+") return O_RDWR | O_CREAT | O_TRUNC;
    if (mode == "a+") return O_RDWR | O_CREAT | O_APPEND;
    return -1;
}

// The bytes of the first `count` characters of `text`; all of it if there are fewer. `is_short`: the last
// character that is wanted may go on behind the text.
std::size_t size_of_characters(std::string_view text, std::size_t count, bool& is_short) {
    std::size_t at = 0;
    for (; count > 0 && at < text.size(); --count) {
        utf8::Decoded character = utf8::decode(text, at);
        constexpr std::size_t kLongest = 4;
        if (!character.is_valid && text.size() - at < kLongest) break;
        at += character.size;
    }
    is_short = count > 0;
    return at;
}

}  // namespace

bool FileHandle::knows_mode(std::string_view mode) {
    std::string plain(mode);
    std::erase(plain, 'b');
    return flags_of(plain) >= 0;
}

Result<std::unique_ptr<FileHandle>> FileHandle::open(const std::string& path, std::string_view mode) {
    std::string plain(mode);
    bool is_binary = std::erase(plain, 'b') > 0;
    RUFF_TRY(Descriptor descriptor, open_path(path, flags_of(plain)));
    struct stat status{};
    bool is_known = ::fstat(descriptor.number(), &status) == 0;
    if (is_known && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return system_error(path);
    }
    return std::make_unique<FileHandle>(std::make_shared<OpenFile>(
        path, std::move(descriptor), is_binary, is_known && S_ISREG(status.st_mode)));
}

Result<void> OpenFile::check_open() const {
    if (descriptor_.is_open()) return {};
    return Error{ErrorCode::Invalid, path_ + ": the file is closed"};
}

Result<bool> OpenFile::fill() {
    buffer_.erase(0, start_);
    start_ = 0;
    std::size_t size = buffer_.size();
    if (size > vm::kMaxStringSize) return Error{ErrorCode::TooLarge, path_ + ": a line is too long"};
    buffer_.resize(size + kBlockSize);
    ssize_t count = 0;
    do count = ::read(descriptor_.number(), buffer_.data() + size, kBlockSize);
    while (count < 0 && errno == EINTR);
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) return system_error(path_);
    return count > 0;
}

void OpenFile::drop_buffer() {
    if (!buffered().empty()) ::lseek(descriptor_.number(), -static_cast<off_t>(buffered().size()), SEEK_CUR);
    buffer_.clear();
    start_ = 0;
}

std::string OpenFile::take_line(std::size_t end) {
    std::string line(buffered().substr(0, end));
    start_ += end + 1;
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::optional<std::string> OpenFile::take_buffered_line() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock() || !descriptor_.is_open()) return std::nullopt;
    std::size_t end = buffered().find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return take_line(end);
}

Result<std::optional<std::string>> OpenFile::read_line() {
    const std::lock_guard lock(mutex_);
    RUFF_CHECK(check_open());
    std::size_t searched = 0;
    for (;;) {
        std::size_t end = buffered().find('\n', searched);
        if (end != std::string_view::npos) {
            return std::optional(take_line(end));
        }
        searched = buffered().size();
        RUFF_TRY(bool has_more, fill());
        if (has_more) continue;
        if (buffered().empty()) return std::optional<std::string>();
        std::string line(buffered());
        start_ = buffer_.size();
        return std::optional(std::move(line));
    }
}

Result<std::string> OpenFile::read(std::optional<std::size_t> count) {
    const std::lock_guard lock(mutex_);
    RUFF_CHECK(check_open());
    std::size_t size = 0;
    for (;;) {
        bool is_short = true;
        if (count) {
            size = is_binary_ ? std::min(*count, buffered().size())
                              : size_of_characters(buffered(), *count, is_short);
            if (is_binary_) is_short = size < *count;
        }
        if (!is_short) break;
        RUFF_TRY(bool has_more, fill());
        if (has_more) continue;
        if (!count || !is_binary_) size = count ? std::max(size, buffered().size()) : buffered().size();
        break;
    }
    std::string content(buffered().substr(0, size));
    start_ += size;
    return content;
}

Result<void> OpenFile::write(std::string_view content) {
    const std::lock_guard lock(mutex_);
    RUFF_CHECK(check_open());
    drop_buffer();
    return write_all(descriptor_.number(), path_, content);
}

Result<std::int64_t> OpenFile::seek(std::int64_t position, int from) {
    const std::lock_guard lock(mutex_);
    RUFF_CHECK(check_open());
    drop_buffer();
    off_t reached = ::lseek(descriptor_.number(), position, from);
    if (reached < 0) return system_error(path_);
    return static_cast<std::int64_t>(reached);
}

Result<void> OpenFile::close() {
    const std::lock_guard lock(mutex_);
    buffer_.clear();
    start_ = 0;
    if (!descriptor_.is_open() || descriptor_.close()) return {};
    return system_error(path_);
}

}  // namespace ruff::builtins
