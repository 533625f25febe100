// Bodies of the family `files`. Each goes through the gate, takes its arguments out of their values and then performs its
// work on a worker, or in place (core/builtins/perform.h); the `async_…` forms are the same bodies.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/environment_variables.h"
#include "core/builtins/file_handle.h"
#include "core/builtins/file_system.h"
#include "core/builtins/gate.h"
#include "core/builtins/path_text.h"
#include "core/builtins/perform.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {

// What `file_info` tells.
struct FileInfo {
    std::string path;
    struct stat status;
    bool is_link;
};

namespace {

using runtime::Effort;
using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

constexpr std::size_t kMaxFileSize = vm::kMaxStringSize;

// ---- Arguments and results --------------------------------------------------------------------------------

// A path argument, past the gate. False: raised.
bool read_path(Call& call, std::uint32_t argument, Capability capability, std::string& path) {
    path = call.text(argument);
    if (path.empty() || path.find('\0') != std::string::npos) {
        raise_value_error(call, path.empty() ? "the path is empty" : "a path may not hold a NUL character");
        return false;
    }
    return pass_gate(call, capability, path);
}

bool read_path(Call& call, std::string& path) { return read_path(call, 0, call.row.capability, path); }

Outcome raise_io(Call& call, const Error& error) {
    return call.raise(ErrorKind::Io, std::string(call.row.shown_name()) + ": " + error.message);
}

Outcome done_bool(Call& call, bool value) { return call.done(Value::boolean(value)); }

// A system call on one path that gives 0.
template <typename CallSystem>
Outcome perform_system_call(Call& call, std::string path, CallSystem call_system) {
    return perform<bool>(call, small_effort, [path = std::move(path), call_system]() -> Result<bool> {
        if (call_system(path.c_str()) != 0) return system_error(path);
        return true;
    });
}

// Whether what is at the path in argument 0 is as `test` says.
template <typename Test>
Outcome perform_test(Call& call, bool follows_links, Test test) {
    std::string path(call.text(0));
    if (!pass_gate(call, path)) return Outcome::Raised;
    if (path.empty() || path.find('\0') != std::string::npos) {
        path = "/dev/null/nothing";   // no file can have that name
    }
    return perform<bool>(call, small_effort, [path = std::move(path), follows_links, test]() -> Result<bool> {
        struct stat status{};
        return status_of(path, follows_links, status) && test(status.st_mode);
    });
}

double seconds_of(const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string_view kind_of(mode_t mode) {
    if (S_ISREG(mode)) return "file";
    if (S_ISDIR(mode)) return "dir";
    return S_ISLNK(mode) ? "symlink" : "other";
}

Outcome write_argument(Call& call) {
    std::string path;
    bool is_raised = false;
    if (!read_path(call, path) || !check_options(call, 2, {"overwrite", "atomic"})) return Outcome::Raised;
    WriteOptions options;
    options.overwrite = bool_option(call, 2, "overwrite", true, is_raised);
    if (!is_raised) options.atomic = bool_option(call, 2, "atomic", false, is_raised);
    if (is_raised) return Outcome::Raised;
    std::string content(call.text(1));
    // An atomic write waits for the disk.
    auto effort = [path, size = content.size(), atomic = options.atomic] {
        return atomic ? Effort::Large : content_effort(path, size);
    };
    return perform<bool>(call, effort, [path, content = std::move(content), options] {
        return succeeded(write_whole_file(path, content, options));
    });
}

// A position or size argument. False: raised.
bool read_size(Call& call, std::uint32_t argument, std::int64_t& size) {
    size = call.integer(argument);
    if (size >= 0) return true;
    raise_value_error(call, "the " + std::string(call.row.parameters[argument].name) +
                                " may not be negative, got " + std::to_string(size));
    return false;
}

Result<FileBytes> read_range(const std::string& path, std::int64_t offset, std::int64_t count) {
    RUFF_TRY(Descriptor file, open_path(path, O_RDONLY));
    std::string content(static_cast<std::size_t>(count), '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        ssize_t got = ::pread(file.number(), content.data() + size, content.size() - size,
                              offset + static_cast<off_t>(size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error(path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    content.resize(size);
    return FileBytes{std::move(content)};
}

Result<bool> write_range(const std::string& path, std::int64_t offset, std::string_view content) {
    RUFF_TRY(Descriptor file, open_path(path, O_WRONLY));
    if (::lseek(file.number(), offset, SEEK_SET) < 0) return system_error(path);
    return succeeded(write_all(file.number(), path, content));
}

Result<bool> touch_path(const std::string& path) {
    Result<Descriptor> file = open_path(path, O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK);
    if (!file && errno != EISDIR) return file.error();
    if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0) return system_error(path);
    return true;
}

// Makes a new file or folder with a name of its own; `make` fills in the X of the pattern.
template <typename Make>
Outcome make_temporary(Call& call, Make make) {
    std::string prefix(call.text(0));
    if (prefix.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
        return raise_value_error(call, "the prefix may not hold `/` or NUL");
    }
    std::string pattern = temporary_folder() + "/" + prefix + "XXXXXX";
    if (!pass_gate(call, pattern)) return Outcome::Raised;
    return perform<FileText>(call, small_effort, [pattern, make]() -> Result<FileText> {
        std::string path = pattern;
        if (!make(path)) return system_error(path);
        return FileText{path, path};
    });
}

// The absolute, normalized form of a path. False: raised.
bool make_absolute(Call& call, std::string_view path, std::string& absolute) {
    if (is_absolute_path(path)) {
        absolute = normalize_path(path);
        return true;
    }
    Result<std::string> folder = current_folder();
    if (!folder) {
        raise_io(call, folder.error());
        return false;
    }
    absolute = normalize_path(*folder + "/" + std::string(path));
    return true;
}

}  // namespace

static runtime::Answer to_answer(const BuiltinRow&, FileInfo&& info) {
    const struct stat& status = info.status;
    DictBuilder entries(10);
    entries.set("path", vm::make_string(info.path));
    entries.set("size", Value::integer(status.st_size));
    entries.set("kind", vm::make_string(kind_of(status.st_mode)));
    entries.set("is_file", Value::boolean(S_ISREG(status.st_mode)));
    entries.set("is_dir", Value::boolean(S_ISDIR(status.st_mode)));
    entries.set("is_symlink", Value::boolean(info.is_link));
    entries.set("mode", Value::integer(status.st_mode & 07777));
    entries.set("modified", Value::floating(seconds_of(status.st_mtim)));
    entries.set("accessed", Value::floating(seconds_of(status.st_atim)));
    return {entries.take(), false};
}

namespace bodies {

// ---- Whole files ------------------------------------------------------------------------------------------

Outcome read_file(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<FileText>(call, [path] { return content_effort(path); }, [path]() -> Result<FileText> {
        RUFF_TRY(std::string content, read_whole_file(path, kMaxFileSize));
        return FileText{std::move(content), path};
    });
}

Outcome read_file_lossy(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<FileText>(call, [path] { return content_effort(path); }, [path]() -> Result<FileText> {
        RUFF_TRY(std::string content, read_whole_file(path, kMaxFileSize));
        return FileText{with_replacements(content), path};
    });
}

Outcome read_bytes(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<FileBytes>(call, [path] { return content_effort(path); }, [path]() -> Result<FileBytes> {
        RUFF_TRY(std::string content, read_whole_file(path, kMaxFileSize));
        return FileBytes{std::move(content)};
    });
}

Outcome write_file(Call& call) { return write_argument(call); }
Outcome write_bytes(Call& call) { return write_argument(call); }

Outcome append_file(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    std::string content(call.text(1));
    // What is there already is not touched: only the content counts, and whether it is a file at all.
    auto effort = [path, size = content.size()] {
        Effort whole = content_effort(path, size);
        return whole == Effort::Endless ? whole : content_effort("", size);
    };
    return perform<bool>(call, effort, [path, content = std::move(content)] {
        return succeeded(append_to_file(path, content));
    });
}

Outcome read_at(Call& call) {
    std::string path;
    std::int64_t offset = 0, count = 0;
    if (!read_path(call, path) || !read_size(call, 1, offset) || !read_size(call, 2, count))
        return Outcome::Raised;
    if (count > static_cast<std::int64_t>(kMaxFileSize)) return call.vm.raise_out_of_memory("read_at");
    return perform<FileBytes>(call, [path] { return content_effort(path); },
                              [path, offset, count] { return read_range(path, offset, count); });
}

Outcome write_at(Call& call) {
    std::string path;
    std::int64_t offset = 0;
    if (!read_path(call, path) || !read_size(call, 1, offset)) return Outcome::Raised;
    std::string content(call.text(2));
    return perform<bool>(call, [path, size = content.size()] { return content_effort(path, size); },
                         [path, offset, content = std::move(content)] { return write_range(path, offset, content); });
}

Outcome truncate_file(Call& call) {
    std::string path;
    std::int64_t size = 0;
    if (!read_path(call, path) || !read_size(call, 1, size)) return Outcome::Raised;
    return perform_system_call(call, path, [size](const char* name) { return ::truncate(name, size); });
}

Outcome copy_file(Call& call) {
    std::string from, to;
    bool is_raised = false;
    if (!read_path(call, 0, Capability::FilesRead, from) || !read_path(call, 1, Capability::FilesWrite, to))
        return Outcome::Raised;
    if (!check_options(call, 2, {"overwrite"})) return Outcome::Raised;
    bool overwrite = bool_option(call, 2, "overwrite", true, is_raised);
    if (is_raised) return Outcome::Raised;
    auto effort = [from, to] { return std::max({Effort::Large, content_effort(from), content_effort(to)}); };
    return perform<bool>(call, effort, [from, to, overwrite] { return succeeded(copy_file_content(from, to, overwrite)); });
}

Outcome rename_file(Call& call) {
    std::string from, to;
    if (!read_path(call, 0, Capability::FilesWrite, from) || !read_path(call, 1, Capability::FilesWrite, to))
        return Outcome::Raised;
    return perform_system_call(call, from, [to](const char* name) { return ::rename(name, to.c_str()); });
}

Outcome delete_file(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform_system_call(call, path, [](const char* name) { return ::unlink(name); });
}

Outcome touch(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<bool>(call, small_effort, [path] { return touch_path(path); });
}

Outcome symlink(Call& call) {
    std::string target(call.text(0)), path;
    if (!read_path(call, 1, Capability::FilesWrite, path)) return Outcome::Raised;
    return perform_system_call(call, path, [target](const char* name) { return ::symlink(target.c_str(), name); });
}

Outcome chmod(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    if (call.integer(1) < 0 || call.integer(1) > 07777)
        return raise_value_error(call, "the mode must be 0 to 0o7777");
    auto mode = static_cast<mode_t>(call.integer(1));
    return perform_system_call(call, path, [mode](const char* name) { return ::chmod(name, mode); });
}

Outcome temp_file(Call& call) {
    return make_temporary(
        call, [](std::string& path) { return Descriptor(::mkostemp(path.data(), O_CLOEXEC)).is_open(); });
}

// ---- Folders ----------------------------------------------------------------------------------------------

Outcome list_dir(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<FileNames>(call, [path] { return content_effort(path); }, [path]() -> Result<FileNames> {
        RUFF_TRY(std::vector<std::string> names, list_names(path));
        return FileNames{std::move(names)};
    });
}

Outcome glob(Call& call) {
    std::string pattern(call.text(0));
    if (!pass_gate(call, pattern)) return Outcome::Raised;
    return perform<FileNames>(call, large_effort, [pattern]() -> Result<FileNames> { return FileNames{glob_paths(pattern)}; });
}

Outcome create_dir(Call& call) {
    std::string path;
    bool is_raised = false;
    if (!read_path(call, path) || !check_options(call, 1, {"parents"})) return Outcome::Raised;
    bool with_parents = bool_option(call, 1, "parents", true, is_raised);
    if (is_raised) return Outcome::Raised;
    return perform<bool>(call, small_effort, [path, with_parents] { return succeeded(create_folder(path, with_parents)); });
}

Outcome remove_dir(Call& call) {
    std::string path;
    bool is_raised = false;
    if (!read_path(call, path) || !check_options(call, 1, {"recursive"})) return Outcome::Raised;
    bool is_recursive = bool_option(call, 1, "recursive", false, is_raised);
    if (is_raised) return Outcome::Raised;
    if (!is_recursive) return perform_system_call(call, path, [](const char* name) { return ::rmdir(name); });
    return perform<bool>(call, large_effort, [path] { return succeeded(remove_tree(path)); });
}

Outcome temp_dir(Call& call) {
    return make_temporary(call, [](std::string& path) { return ::mkdtemp(path.data()) != nullptr; });
}

Outcome temp_dir_path(Call& call) {
    return pass_gate(call) ? call.done_text(temporary_folder()) : Outcome::Raised;
}

Outcome cwd(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    Result<std::string> folder = current_folder();
    return folder ? call.done_text(*folder) : raise_io(call, folder.error());
}

Outcome chdir(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return ::chdir(path.c_str()) == 0 ? call.done(Value()) : raise_io(call, system_error(path));
}

Outcome home_dir(Call& call) {
    if (!pass_gate(call, "HOME")) return Outcome::Raised;
    return call.done_text(EnvironmentVariables::get("HOME").value_or("/"));
}

// ---- What is at a path ------------------------------------------------------------------------------------

Outcome file_exists(Call& call) {
    return perform_test(call, true, [](mode_t) { return true; });
}
Outcome path_is_file(Call& call) {
    return perform_test(call, true, [](mode_t mode) { return S_ISREG(mode); });
}
Outcome path_is_dir(Call& call) {
    return perform_test(call, true, [](mode_t mode) { return S_ISDIR(mode); });
}
Outcome path_is_symlink(Call& call) {
    return perform_test(call, false, [](mode_t mode) { return S_ISLNK(mode); });
}

Outcome file_size(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<std::int64_t>(call, small_effort, [path]() -> Result<std::int64_t> {
        struct stat status{};
        if (!status_of(path, true, status)) return system_error(path);
        return static_cast<std::int64_t>(status.st_size);
    });
}

Outcome file_info(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    return perform<FileInfo>(call, small_effort, [path]() -> Result<FileInfo> {
        struct stat own{}, target{};
        if (!status_of(path, false, own)) return system_error(path);
        bool is_link = S_ISLNK(own.st_mode);
        return FileInfo{path, is_link && status_of(path, true, target) ? target : own, is_link};
    });
}

// ---- Promises of the above --------------------------------------------------------------------------------

#define RUFF_ASYNC_FORM(name) \
    Outcome async_##name(Call& call) { return name(call); }
RUFF_ASYNC_FORM(read_file)
RUFF_ASYNC_FORM(read_file_lossy)
RUFF_ASYNC_FORM(read_bytes)
RUFF_ASYNC_FORM(write_file)
RUFF_ASYNC_FORM(write_bytes)
RUFF_ASYNC_FORM(append_file)
RUFF_ASYNC_FORM(read_at)
RUFF_ASYNC_FORM(write_at)
RUFF_ASYNC_FORM(truncate_file)
RUFF_ASYNC_FORM(copy_file)
RUFF_ASYNC_FORM(rename_file)
RUFF_ASYNC_FORM(delete_file)
RUFF_ASYNC_FORM(list_dir)
RUFF_ASYNC_FORM(glob)
RUFF_ASYNC_FORM(create_dir)
RUFF_ASYNC_FORM(remove_dir)
RUFF_ASYNC_FORM(file_exists)
RUFF_ASYNC_FORM(file_size)
RUFF_ASYNC_FORM(file_info)
RUFF_ASYNC_FORM(touch)
RUFF_ASYNC_FORM(symlink)
RUFF_ASYNC_FORM(chmod)
RUFF_ASYNC_FORM(temp_file)
RUFF_ASYNC_FORM(temp_dir)
#undef RUFF_ASYNC_FORM

// ---- Open files -------------------------------------------------------------------------------------------

Outcome open_file(Call& call) {
    std::string path;
    std::string mode(call.text(1));
    bool reads = mode.starts_with('r') || mode.find('+') != std::string::npos;
    bool writes = !mode.starts_with('r') || mode.find('+') != std::string::npos;
    if (reads && !read_path(call, 0, Capability::FilesRead, path)) return Outcome::Raised;
    if (writes && !read_path(call, 0, Capability::FilesWrite, path)) return Outcome::Raised;
    if (!FileHandle::knows_mode(mode)) return raise_value_error(call, "unknown mode \"" + mode + "\"");
    auto effort = [path] { return content_effort(path) == Effort::Endless ? Effort::Endless : Effort::Small; };
    return perform<OpenedFile>(call, effort, [path, mode]() -> Result<OpenedFile> {
        RUFF_TRY(std::unique_ptr<FileHandle> file, FileHandle::open(path, mode));
        return OpenedFile{std::move(file)};
    });
}

namespace {

FileHandle& file_of(Call& call) { return vm::handle_of<FileHandle>(call[0]); }

// The file as jobs hold it: it stays open while one is under way.
std::shared_ptr<OpenFile> open_file_of(Call& call) { return file_of(call).file(); }

// How long reading or writing `size` bytes of an open file takes.
auto transfer_effort(const std::shared_ptr<OpenFile>& file, std::size_t size) {
    constexpr std::size_t kSmall = 256 * 1024;
    return [file, size] { return !file->is_regular() ? Effort::Endless : size <= kSmall ? Effort::Small : Effort::Large; };
}

// What is read from a file: text or bytes, or null at its end.
struct FilePiece {
    std::optional<std::string> content;
    std::string origin;
    bool is_binary;
};

runtime::Answer to_answer(const BuiltinRow& row, FilePiece&& piece) {
    if (!piece.content) return {};
    if (piece.is_binary) return to_answer(row, FileBytes{std::move(*piece.content)});
    return to_answer(row, FileText{std::move(*piece.content), std::move(piece.origin)});
}

}  // namespace

Outcome file_read(Call& call) {
    std::optional<std::size_t> count;
    std::int64_t wanted = 0;
    if (!call.is_null(1)) {
        if (!read_size(call, 1, wanted)) return Outcome::Raised;
        count = static_cast<std::size_t>(wanted);
    }
    std::shared_ptr<OpenFile> file = open_file_of(call);
    return perform<FilePiece>(call, transfer_effort(file, count.value_or(SIZE_MAX)), [file, count]() -> Result<FilePiece> {
        RUFF_TRY(std::string content, file->read(count));
        return FilePiece{std::move(content), file->name(), file->is_binary()};
    });
}

Outcome file_line(Call& call) {
    std::shared_ptr<OpenFile> file = open_file_of(call);
    if (std::optional<std::string> line = file->take_buffered_line()) {
        runtime::Answer answer = to_answer(call.row, FilePiece{std::move(line), file->name(), file->is_binary()});
        return answer.is_error ? call.vm.raise_value(std::move(answer.value)) : call.done(std::move(answer.value));
    }
    return perform<FilePiece>(call, transfer_effort(file, 0), [file]() -> Result<FilePiece> {
        RUFF_TRY(std::optional<std::string> line, file->read_line());
        return FilePiece{std::move(line), file->name(), file->is_binary()};
    });
}

// Gives the file back, so that writes can be chained.
Outcome file_write(Call& call) {
    std::shared_ptr<OpenFile> file = open_file_of(call);
    std::string content(call.text(1));
    return perform<Nothing>(
        call, transfer_effort(file, content.size()),
        [file, content]() -> Result<Nothing> {
            RUFF_CHECK(file->write(content));
            return Nothing{};
        },
        call[0]);
}

Outcome file_flush(Call& call) { return call.done(call[0]); }

Outcome file_seek(Call& call) {
    std::string_view from = call.text(2);
    int whence = from == "start" ? SEEK_SET : from == "current" ? SEEK_CUR : from == "end" ? SEEK_END : -1;
    if (whence < 0)
        return raise_value_error(call, "`from` must be \"start\", \"current\" or \"end\", got " +
                                           vm::display_for_message(call[2]));
    std::shared_ptr<OpenFile> file = open_file_of(call);
    return perform<std::int64_t>(call, transfer_effort(file, 0), [file, whence, position = call.integer(1)] {
        return file->seek(position, whence);
    });
}

Outcome file_close(Call& call) {
    std::shared_ptr<OpenFile> file = open_file_of(call);
    return perform<Nothing>(call, transfer_effort(file, 0), [file]() -> Result<Nothing> {
        RUFF_CHECK(file->close());
        return Nothing{};
    });
}

// ---- Paths ------------------------------------------------------------------------------------------------

Outcome join_path(Call& call) {
    std::vector<std::string_view> parts;
    for (std::uint32_t i = 0; i < call.count; ++i) parts.push_back(call.text(i));
    return call.done_text(builtins::join_path(parts));
}

Outcome dirname(Call& call) { return call.done_text(path_dirname(call.text(0))); }
Outcome basename(Call& call) { return call.done_text(path_basename(call.text(0))); }
Outcome stem(Call& call) { return call.done_text(path_stem(call.text(0))); }
Outcome path_extension(Call& call) { return call.done_text(builtins::path_extension(call.text(0))); }
Outcome path_normalize(Call& call) { return call.done_text(normalize_path(call.text(0))); }
Outcome path_is_absolute(Call& call) { return done_bool(call, is_absolute_path(call.text(0))); }

Outcome path_absolute(Call& call) {
    std::string absolute;
    if (!pass_gate(call) || !make_absolute(call, call.text(0), absolute)) return Outcome::Raised;
    return call.done_text(absolute);
}

Outcome path_relative(Call& call) {
    std::string path, start;
    if (!pass_gate(call) || !make_absolute(call, call.text(0), path) ||
        !make_absolute(call, call.text(1), start))
        return Outcome::Raised;
    return call.done_text(relative_path(path, start));
}

}  // namespace bodies
}  // namespace ruff::builtins
