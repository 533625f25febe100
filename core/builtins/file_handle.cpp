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

Result<FileHandle*> FileHandle::open(const std::string& path, std::string_view mode) {
    bool is_binary = mode.find('b') != std::string_view::npos;
    std::string plain(mode);
    std::erase(plain, 'b');
    int flags = flags_of(plain);
    if (flags < 0) return Error{ErrorCode::Invalid, "unknown mode \"" + std::string(mode) + "\""};
    RUFF_TRY(Descriptor descriptor, open_path(path, flags));
    struct stat status{};
    if (::fstat(descriptor.number(), &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return system_error(path);
    }
    auto handle = std::make_unique<FileHandle>();
    handle->path_ = path;
    handle->descriptor_ = std::move(descriptor);
    handle->is_binary_ = is_binary;
    return handle.release();
}

Result<void> FileHandle::check_open() const {
    if (descriptor_.is_open()) return {};
    return Error{ErrorCode::Invalid, path_ + ": the file is closed"};
}

Result<bool> FileHandle::fill() {
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

void FileHandle::drop_buffer() {
    if (!buffered().empty()) ::lseek(descriptor_.number(), -static_cast<off_t>(buffered().size()), SEEK_CUR);
    buffer_.clear();
    start_ = 0;
}

Result<std::optional<std::string>> FileHandle::read_line() {
    RUFF_CHECK(check_open());
    std::size_t searched = 0;
    for (;;) {
        std::size_t end = buffered().find('\n', searched);
        if (end != std::string_view::npos) {
            std::string line(buffered().substr(0, end));
            start_ += end + 1;
            if (line.ends_with('\r')) line.pop_back();
            return std::optional(std::move(line));
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

Result<std::string> FileHandle::read(std::optional<std::size_t> count) {
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

Result<void> FileHandle::write(std::string_view content) {
    RUFF_CHECK(check_open());
    drop_buffer();
    return write_all(descriptor_.number(), path_, content);
}

Result<std::int64_t> FileHandle::seek(std::int64_t position, int from) {
    RUFF_CHECK(check_open());
    drop_buffer();
    off_t reached = ::lseek(descriptor_.number(), position, from);
    if (reached < 0) return system_error(path_);
    return static_cast<std::int64_t>(reached);
}

Result<void> FileHandle::close() {
    buffer_.clear();
    start_ = 0;
    if (!descriptor_.is_open() || descriptor_.close()) return {};
    return system_error(path_);
}

}  // namespace ruff::builtins
