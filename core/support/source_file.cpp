#include "core/support/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace ruff {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A file descriptor that is closed when it goes out of scope, unless it is standard input.
struct Descriptor {
    int number;
    explicit Descriptor(int number) : number(number) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number > STDIN_FILENO) close(number);
    }
};

Error system_error(const std::string& path, int code) {
    ErrorCode kind = code == ENOENT || code == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Unreadable;
    return Error{kind, "cannot read " + path + ": " + std::strerror(code)};
}

Error too_large(const std::string& path) {
    return Error{ErrorCode::TooLarge, path + " is larger than 16 MiB, the limit for a source file"};
}

/// Reads to the end, but stops with `TooLarge` soon after the limit: the input may be endless.
Result<std::string> read_all(int descriptor, const std::string& path, std::size_t expected) {
    std::string text;
    std::size_t size = 0;
    text.resize(expected + 1);
    while (true) {
        if (size == text.size()) text.resize(size + 64 * 1024);
        ssize_t count = read(descriptor, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(path, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
        if (size > kMaxSourceSize + kByteOrderMark.size()) return too_large(path);
    }
    text.resize(size);
    return text;
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
    if (text_.starts_with(kByteOrderMark)) {
        text_.erase(0, kByteOrderMark.size());
        had_byte_order_mark_ = true;
    }
}

const LineIndex& SourceFile::lines() const {
    std::call_once(lines_once_, [this] { lines_.emplace(text()); });
    return *lines_;
}

std::shared_ptr<const SourceFile> make_source(std::string path, std::string text) {
    return std::make_shared<const SourceFile>(std::move(path), std::move(text));
}

Result<std::shared_ptr<const SourceFile>> load_source(const std::string& path) {
    bool is_standard_input = path == "-";
    Descriptor file(is_standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number < 0) return system_error(path, errno);
    struct stat status {};
    if (fstat(file.number, &status) != 0) return system_error(path, errno);
    if (S_ISDIR(status.st_mode)) return system_error(path, EISDIR);
    bool is_regular = S_ISREG(status.st_mode);
    if (is_regular && static_cast<std::size_t>(status.st_size) > kMaxSourceSize + kByteOrderMark.size()) {
        return too_large(path);
    }
    RUFF_TRY(std::string text, read_all(file.number, path, is_regular ? static_cast<std::size_t>(status.st_size) : 0));
    auto source = make_source(is_standard_input ? "<stdin>" : path, std::move(text));
    if (source->text().size() > kMaxSourceSize) return too_large(path);
    return source;
}

}  // namespace ruff
