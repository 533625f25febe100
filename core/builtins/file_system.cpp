#include "core/builtins/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <utility>

#include "core/builtins/path_text.h"
#include "core/support/neighbour_file.h"
#include "core/support/utf8.h"
#include "core/support/write_all.h"

namespace ruff::builtins {
namespace {

constexpr std::size_t kBlockSize = 64 * 1024;

// Repeats a system call that a signal interrupted.
template <typename CallSystem>
auto retried(CallSystem call_system) {
    auto result = call_system();
    while (result < 0 && errno == EINTR) result = call_system();
    return result;
}

// Of a symbolic link what it leads to is replaced.
Result<void> write_atomically(const std::string& path, std::string_view content) {
    const std::string target = link_target(path);
    struct stat old{};
    const bool replaces = status_of(target, true, old);
    if (replaces && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return system_error(path);
    }
    mode_t mask = ::umask(0);
    ::umask(mask);
    NeighbourFile file(target);
    const bool is_written = file.is_open() && file.set_permissions(replaces ? old.st_mode & 07777 : 0666 & ~mask) &&
                            file.write(content) && file.finish() && file.replace();
    return is_written ? Result<void>() : system_error(path);
}

Result<void> create_one_folder(const std::string& path, bool may_exist) {
    if (::mkdir(path.c_str(), 0777) == 0) return {};
    int error = errno;
    struct stat status{};
    if (may_exist && error == EEXIST && status_of(path, true, status) && S_ISDIR(status.st_mode)) return {};
    errno = error;
    return system_error(path);
}

// ---- glob -------------------------------------------------------------------------------------------------

// Walks down the folders that the segments of a pattern name.
class Globber {
  public:
    explicit Globber(std::set<std::string>& found) : found_(found) {}

    void run(std::string_view pattern) {
        std::vector<std::string> segments;
        bool is_absolute = is_absolute_path(pattern);
        while (!pattern.empty()) {
            std::size_t end = std::min(pattern.find('/'), pattern.size());
            if (end > 0) segments.emplace_back(pattern.substr(0, end));
            pattern.remove_prefix(std::min(end + 1, pattern.size()));
        }
        descend(is_absolute ? "/" : "", segments, 0);
    }

  private:
    static std::string joined(const std::string& folder, const std::string& name) {
        return folder.empty() || folder.back() == '/' ? folder + name : folder + "/" + name;
    }

    void descend(const std::string& folder, const std::vector<std::string>& segments, std::size_t index) {
        if (index == segments.size()) {
            if (!folder.empty()) found_.insert(folder);
            return;
        }
        const std::string& segment = segments[index];
        if (segment == "**") {
            descend_all(folder, segments, index);
        } else if (!has_pattern_characters(segment)) {
            struct stat status{};
            std::string path = joined(folder, segment);
            if (status_of(path, false, status)) descend(path, segments, index + 1);
        } else {
            for (const std::string& name : names_in(folder)) {
                if (matches_name_pattern(name, segment))
                    descend_into(joined(folder, name), segments, index + 1);
            }
        }
    }

    // `**`: this folder, and every one below it that is not hidden; links are not followed.
    void descend_all(const std::string& folder, const std::vector<std::string>& segments, std::size_t index) {
        bool is_last = index + 1 == segments.size();
        if (!is_last) descend(folder, segments, index + 1);
        for (const std::string& name : names_in(folder)) {
            if (name.starts_with('.')) continue;
            std::string path = joined(folder, name);
            if (is_last) found_.insert(path);
            struct stat status{};
            if (status_of(path, false, status) && S_ISDIR(status.st_mode)) descend_all(path, segments, index);
        }
    }

    void descend_into(const std::string& path, const std::vector<std::string>& segments, std::size_t index) {
        struct stat status{};
        bool is_folder = status_of(path, true, status) && S_ISDIR(status.st_mode);
        if (index == segments.size() || is_folder) descend(path, segments, index);
    }

    static std::vector<std::string> names_in(const std::string& folder) {
        Result<std::vector<std::string>> names = list_names(folder.empty() ? "." : folder);
        return names ? *std::move(names) : std::vector<std::string>();
    }

    std::set<std::string>& found_;
};

}  // namespace

// ---- Descriptors ------------------------------------------------------------------------------------------

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = other.release();
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() { return std::exchange(number_, -1); }

bool Descriptor::close() { return ::close(release()) == 0 || errno == EINTR; }

Error system_error(std::string_view path) {
    int number = errno;
    ErrorCode code = number == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable;
    return Error{code, std::string(path) + ": " + std::strerror(number)};
}

// ---- Whole files ------------------------------------------------------------------------------------------

Result<Descriptor> open_path(const std::string& path, int flags, unsigned mode) {
    int number = retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
    if (number < 0) return system_error(path);
    return Descriptor(number);
}

Result<std::string> read_all(int descriptor, std::string_view path, std::size_t limit) {
    struct stat status{};
    std::size_t expected = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)
                               ? static_cast<std::size_t>(status.st_size)
                               : 0;
    std::string content;
    if (expected > limit) return Error{ErrorCode::TooLarge, std::string(path) + ": the file is too large"};
    content.resize(expected + 1);  // one more, so that the end is seen without another block
    std::size_t size = 0;
    for (;;) {
        if (size == content.size()) content.resize(content.size() + std::max(content.size() / 2, kBlockSize));
        ssize_t count =
            retried([&] { return ::read(descriptor, content.data() + size, content.size() - size); });
        if (count < 0) return system_error(path);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
        if (size > limit) return Error{ErrorCode::TooLarge, std::string(path) + ": the file is too large"};
    }
    content.resize(size);
    return content;
}

Result<std::string> read_whole_file(const std::string& path, std::size_t limit) {
    RUFF_TRY(Descriptor file, open_path(path, O_RDONLY));
    return read_all(file.number(), path, limit);
}

Result<void> write_all(int descriptor, std::string_view path, std::string_view content) {
    errno = ruff::write_all(descriptor, content);
    return errno == 0 ? Result<void>() : system_error(path);
}

Result<void> write_whole_file(const std::string& path, std::string_view content,
                              const WriteOptions& options) {
    struct stat status{};
    if (options.atomic && !options.overwrite && status_of(path, false, status)) {
        errno = EEXIST;
        return system_error(path);
    }
    if (options.atomic) return write_atomically(path, content);
    RUFF_TRY(Descriptor file, open_path(path, O_WRONLY | O_CREAT | (options.overwrite ? O_TRUNC : O_EXCL)));
    RUFF_CHECK(write_all(file.number(), path, content));
    return file.close() ? Result<void>() : system_error(path);
}

Result<void> append_to_file(const std::string& path, std::string_view content) {
    RUFF_TRY(Descriptor file, open_path(path, O_WRONLY | O_CREAT | O_APPEND));
    RUFF_CHECK(write_all(file.number(), path, content));
    return file.close() ? Result<void>() : system_error(path);
}

Result<void> copy_file_content(const std::string& from, const std::string& to, bool overwrite) {
    RUFF_TRY(Descriptor source, open_path(from, O_RDONLY));
    struct stat status{}, target_status{};
    if (::fstat(source.number(), &status) != 0) return system_error(from);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return system_error(from);
    }
    bool is_same = status_of(to, true, target_status) && target_status.st_ino == status.st_ino &&
                   target_status.st_dev == status.st_dev;
    if (is_same) return Error{ErrorCode::Invalid, to + ": it is the file that is to be copied"};
    RUFF_TRY(Descriptor target,
             open_path(to, O_WRONLY | O_CREAT | (overwrite ? O_TRUNC : O_EXCL), status.st_mode & 0777));
    std::string block(kBlockSize * 4, '\0');
    for (;;) {
        ssize_t count = retried([&] { return ::read(source.number(), block.data(), block.size()); });
        if (count < 0) return system_error(from);
        if (count == 0) break;
        RUFF_CHECK(write_all(target.number(), to,
                             std::string_view(block).substr(0, static_cast<std::size_t>(count))));
    }
    if (::fchmod(target.number(), status.st_mode & 07777) != 0) return system_error(to);
    return target.close() ? Result<void>() : system_error(to);
}

// ---- Folders ----------------------------------------------------------------------------------------------

Result<std::vector<std::string>> list_names(const std::string& path) {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return system_error(path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(folder)) {
        std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    int error = errno;
    ::closedir(folder);
    errno = error;
    if (error != 0) return system_error(path);
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> create_folder(const std::string& path, bool with_parents) {
    if (!with_parents) return create_one_folder(path, false);
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
        struct stat status{};
        std::string parent = path.substr(0, at);
        if (status_of(parent, true, status)) continue;
        RUFF_CHECK(create_one_folder(parent, true));
    }
    return create_one_folder(path, true);
}

Result<void> remove_tree(const std::string& path) {
    struct stat status{};
    if (!status_of(path, false, status)) return system_error(path);
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return system_error(path);
    }
    // Folders are removed on the way back: a stack, because a tree may be deep.
    std::vector<std::string> folders = {path};
    for (std::size_t i = 0; i < folders.size(); ++i) {
        std::string folder = folders[i];
        RUFF_TRY(std::vector<std::string> names, list_names(folder));
        for (const std::string& name : names) {
            std::string inside = folder + "/" + name;
            if (!status_of(inside, false, status)) continue;
            if (S_ISDIR(status.st_mode))
                folders.push_back(std::move(inside));
            else if (::unlink(inside.c_str()) != 0)
                return system_error(inside);
        }
    }
    for (std::size_t i = folders.size(); i-- > 0;) {
        if (::rmdir(folders[i].c_str()) != 0) return system_error(folders[i]);
    }
    return {};
}

bool status_of(const std::string& path, bool follows_links, struct stat& status) {
    return (follows_links ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status)) == 0;
}

std::vector<std::string> glob_paths(std::string_view pattern) {
    std::set<std::string> found;
    for (const std::string& alternative : expand_braces(pattern)) Globber(found).run(alternative);
    return {found.begin(), found.end()};
}

std::string temporary_folder() {
    const char* folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder == '/' ? folder : "/tmp";
}

Result<std::string> current_folder() {
    char* folder = ::getcwd(nullptr, 0);
    if (folder == nullptr) return system_error("the current folder");
    std::string path = folder;
    std::free(folder);
    return path;
}

std::string with_replacements(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        if (at.is_valid)
            out += text.substr(i, at.size);
        else
            out += "\xEF\xBF\xBD";
        i += at.size;
    }
    return out;
}

}  // namespace ruff::builtins
