// Bodies of the family `files`. They run where they are called; each goes through the gate first.
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
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

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

Outcome raise_system(Call& call, std::string_view path) { return raise_io(call, system_error(path)); }

// True for what succeeded, the error otherwise.
Outcome done_true(Call& call, const Result<void>& result) {
    return result ? call.done(Value::boolean(true)) : raise_io(call, result.error());
}

// For a system call that gives 0.
Outcome done_true_if(Call& call, int result, std::string_view path) {
    return result == 0 ? call.done(Value::boolean(true)) : raise_system(call, path);
}

// Text from the disk: UTF-8 or an error with the offset.
Outcome done_file_text(Call& call, std::string_view text, std::string_view path) {
    std::size_t bad = vm::find_invalid_utf8(text);
    if (bad == std::string_view::npos) return done_or_out_of_memory(call, vm::make_string(text));
    return call.raise(ErrorKind::Io,
                      std::string(call.row.shown_name()) + ": " + std::string(path) + ": not UTF-8 at byte " +
                          std::to_string(bad),
                      "`read_bytes` gives the bytes, `read_file_lossy` replaces what is not text");
}

Outcome done_bool(Call& call, bool value) { return call.done(Value::boolean(value)); }

// `status` of the path in argument 0. False: there is nothing, or the gate raised.
bool find_status(Call& call, bool follows_links, struct stat& status, bool& is_raised) {
    std::string path(call.text(0));
    is_raised = !pass_gate(call, path);
    bool is_possible = !path.empty() && path.find('\0') == std::string::npos;
    return !is_raised && is_possible && status_of(path, follows_links, status);
}

// Whether what is at the path is of a type.
Outcome done_type_test(Call& call, bool follows_links, mode_t type) {
    struct stat status{};
    bool is_raised = false;
    bool exists = find_status(call, follows_links, status, is_raised);
    return is_raised ? Outcome::Raised : done_bool(call, exists && (status.st_mode & S_IFMT) == type);
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
    return is_raised ? Outcome::Raised : done_true(call, write_whole_file(path, call.text(1), options));
}

// A position or size argument. False: raised.
bool read_size(Call& call, std::uint32_t argument, std::int64_t& size) {
    size = call.integer(argument);
    if (size >= 0) return true;
    raise_value_error(call, "the " + std::string(call.row.parameters[argument].name) +
                                " may not be negative, got " + std::to_string(size));
    return false;
}

FileHandle& file_of(Call& call) { return vm::handle_of<FileHandle>(call[0]); }

// Makes a new file or folder with a name of its own; `make` fills in the X of the pattern.
template <typename Make>
Outcome make_temporary(Call& call, Make make) {
    std::string prefix(call.text(0));
    if (prefix.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
        return raise_value_error(call, "the prefix may not hold `/` or NUL");
    }
    std::string path = temporary_folder() + "/" + prefix + "XXXXXX";
    if (!pass_gate(call, path)) return Outcome::Raised;
    return make(path) ? call.done_text(path) : raise_system(call, path);
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

namespace bodies {

// ---- Whole files ------------------------------------------------------------------------------------------

Outcome read_file(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    Result<std::string> content = read_whole_file(path, kMaxFileSize);
    return content ? done_file_text(call, *content, path) : raise_io(call, content.error());
}

Outcome read_file_lossy(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    Result<std::string> content = read_whole_file(path, kMaxFileSize);
    if (!content) return raise_io(call, content.error());
    return done_or_out_of_memory(call, vm::make_string(with_replacements(*content)));
}

Outcome read_bytes(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    Result<std::string> content = read_whole_file(path, kMaxFileSize);
    return content ? done_or_out_of_memory(call, vm::make_bytes(*content)) : raise_io(call, content.error());
}

Outcome write_file(Call& call) { return write_argument(call); }
Outcome write_bytes(Call& call) { return write_argument(call); }

Outcome append_file(Call& call) {
    std::string path;
    return read_path(call, path) ? done_true(call, append_to_file(path, call.text(1))) : Outcome::Raised;
}

Outcome read_at(Call& call) {
    std::string path;
    std::int64_t offset = 0, count = 0;
    if (!read_path(call, path) || !read_size(call, 1, offset) || !read_size(call, 2, count))
        return Outcome::Raised;
    if (count > static_cast<std::int64_t>(kMaxFileSize)) return call.vm.raise_out_of_memory("read_at");
    Result<Descriptor> file = open_path(path, O_RDONLY);
    if (!file) return raise_io(call, file.error());
    std::string content(static_cast<std::size_t>(count), '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        ssize_t got = ::pread(file->number(), content.data() + size, content.size() - size,
                              offset + static_cast<off_t>(size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return raise_system(call, path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return done_or_out_of_memory(call, vm::make_bytes(std::string_view(content).substr(0, size)));
}

Outcome write_at(Call& call) {
    std::string path;
    std::int64_t offset = 0;
    if (!read_path(call, path) || !read_size(call, 1, offset)) return Outcome::Raised;
    Result<Descriptor> file = open_path(path, O_WRONLY);
    if (!file) return raise_io(call, file.error());
    if (::lseek(file->number(), offset, SEEK_SET) < 0) return raise_system(call, path);
    return done_true(call, write_all(file->number(), path, call.text(2)));
}

Outcome truncate_file(Call& call) {
    std::string path;
    std::int64_t size = 0;
    if (!read_path(call, path) || !read_size(call, 1, size)) return Outcome::Raised;
    return done_true_if(call, ::truncate(path.c_str(), size), path);
}

Outcome copy_file(Call& call) {
    std::string from, to;
    bool is_raised = false;
    if (!read_path(call, 0, Capability::FilesRead, from) || !read_path(call, 1, Capability::FilesWrite, to))
        return Outcome::Raised;
    if (!check_options(call, 2, {"overwrite"})) return Outcome::Raised;
    bool overwrite = bool_option(call, 2, "overwrite", true, is_raised);
    return is_raised ? Outcome::Raised : done_true(call, copy_file_content(from, to, overwrite));
}

Outcome rename_file(Call& call) {
    std::string from, to;
    if (!read_path(call, 0, Capability::FilesWrite, from) || !read_path(call, 1, Capability::FilesWrite, to))
        return Outcome::Raised;
    return done_true_if(call, ::rename(from.c_str(), to.c_str()), from);
}

Outcome delete_file(Call& call) {
    std::string path;
    return read_path(call, path) ? done_true_if(call, ::unlink(path.c_str()), path) : Outcome::Raised;
}

Outcome touch(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    Result<Descriptor> file = open_path(path, O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK);
    if (!file && errno != EISDIR) return raise_io(call, file.error());
    return done_true_if(call, ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0), path);
}

Outcome symlink(Call& call) {
    std::string target(call.text(0)), path;
    if (!read_path(call, 1, Capability::FilesWrite, path)) return Outcome::Raised;
    return done_true_if(call, ::symlink(target.c_str(), path.c_str()), path);
}

Outcome chmod(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    if (call.integer(1) < 0 || call.integer(1) > 07777)
        return raise_value_error(call, "the mode must be 0 to 0o7777");
    return done_true_if(call, ::chmod(path.c_str(), static_cast<mode_t>(call.integer(1))), path);
}

Outcome temp_file(Call& call) {
    return make_temporary(
        call, [](std::string& path) { return Descriptor(::mkostemp(path.data(), O_CLOEXEC)).is_open(); });
}

// ---- Folders ----------------------------------------------------------------------------------------------

Outcome list_dir(Call& call) {
    std::string path;
    if (!read_path(call, path)) return Outcome::Raised;
    Result<std::vector<std::string>> names = list_names(path);
    if (!names) return raise_io(call, names.error());
    ArrayBuilder found(names->size());
    for (const std::string& name : *names) found.push_text(with_replacements(name));
    return found.done(call);
}

Outcome glob(Call& call) {
    if (!pass_gate(call, call.text(0))) return Outcome::Raised;
    ArrayBuilder found;
    for (const std::string& path : glob_paths(call.text(0))) found.push_text(with_replacements(path));
    return found.done(call);
}

Outcome create_dir(Call& call) {
    std::string path;
    bool is_raised = false;
    if (!read_path(call, path) || !check_options(call, 1, {"parents"})) return Outcome::Raised;
    bool with_parents = bool_option(call, 1, "parents", true, is_raised);
    return is_raised ? Outcome::Raised : done_true(call, create_folder(path, with_parents));
}

Outcome remove_dir(Call& call) {
    std::string path;
    bool is_raised = false;
    if (!read_path(call, path) || !check_options(call, 1, {"recursive"})) return Outcome::Raised;
    bool is_recursive = bool_option(call, 1, "recursive", false, is_raised);
    if (is_raised) return Outcome::Raised;
    return is_recursive ? done_true(call, remove_tree(path))
                        : done_true_if(call, ::rmdir(path.c_str()), path);
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
    return ::chdir(path.c_str()) == 0 ? call.done(Value()) : raise_system(call, path);
}

Outcome home_dir(Call& call) {
    if (!pass_gate(call, "HOME")) return Outcome::Raised;
    return call.done_text(EnvironmentVariables::get("HOME").value_or("/"));
}

// ---- What is at a path ------------------------------------------------------------------------------------

Outcome file_exists(Call& call) {
    struct stat status{};
    bool is_raised = false;
    bool exists = find_status(call, true, status, is_raised);
    return is_raised ? Outcome::Raised : done_bool(call, exists);
}

Outcome path_is_file(Call& call) { return done_type_test(call, true, S_IFREG); }
Outcome path_is_dir(Call& call) { return done_type_test(call, true, S_IFDIR); }
Outcome path_is_symlink(Call& call) { return done_type_test(call, false, S_IFLNK); }

Outcome file_size(Call& call) {
    std::string path;
    struct stat status{};
    if (!read_path(call, path)) return Outcome::Raised;
    return status_of(path, true, status) ? call.done(Value::integer(status.st_size))
                                         : raise_system(call, path);
}

Outcome file_info(Call& call) {
    std::string path;
    struct stat own{}, target{};
    if (!read_path(call, path)) return Outcome::Raised;
    if (!status_of(path, false, own)) return raise_system(call, path);
    bool is_link = S_ISLNK(own.st_mode);
    const struct stat& status = is_link && status_of(path, true, target) ? target : own;
    DictBuilder info(10);
    info.set("path", call[0]);
    info.set("size", Value::integer(status.st_size));
    info.set("kind", vm::make_string(kind_of(status.st_mode)));
    info.set("is_file", Value::boolean(S_ISREG(status.st_mode)));
    info.set("is_dir", Value::boolean(S_ISDIR(status.st_mode)));
    info.set("is_symlink", Value::boolean(is_link));
    info.set("mode", Value::integer(status.st_mode & 07777));
    info.set("modified", Value::floating(seconds_of(status.st_mtim)));
    info.set("accessed", Value::floating(seconds_of(status.st_atim)));
    return info.done(call);
}

// ---- Open files -------------------------------------------------------------------------------------------

Outcome open_file(Call& call) {
    std::string path;
    std::string_view mode = call.text(1);
    bool reads = mode.starts_with('r') || mode.find('+') != std::string_view::npos;
    bool writes = !mode.starts_with('r') || mode.find('+') != std::string_view::npos;
    if (reads && !read_path(call, 0, Capability::FilesRead, path)) return Outcome::Raised;
    if (writes && !read_path(call, 0, Capability::FilesWrite, path)) return Outcome::Raised;
    Result<FileHandle*> file = FileHandle::open(path, mode);
    if (file) return call.done(vm::make_handle(ValueKind::File, *file));
    return file.error().code == ErrorCode::Invalid ? raise_value_error(call, file.error().message)
                                                   : raise_io(call, file.error());
}

Outcome file_read(Call& call) {
    std::optional<std::size_t> count;
    std::int64_t wanted = 0;
    if (!call.is_null(1)) {
        if (!read_size(call, 1, wanted)) return Outcome::Raised;
        count = static_cast<std::size_t>(wanted);
    }
    FileHandle& file = file_of(call);
    Result<std::string> content = file.read(count);
    if (!content) return raise_io(call, content.error());
    if (file.is_binary()) return done_or_out_of_memory(call, vm::make_bytes(*content));
    return done_file_text(call, *content, file.describe());
}

Outcome file_line(Call& call) {
    FileHandle& file = file_of(call);
    Result<std::optional<std::string>> line = file.read_line();
    if (!line) return raise_io(call, line.error());
    if (!line->has_value()) return call.done(Value());
    return file.is_binary() ? done_or_out_of_memory(call, vm::make_bytes(**line))
                            : done_file_text(call, **line, file.describe());
}

Outcome file_write(Call& call) {
    Result<void> result = file_of(call).write(call.text(1));
    return result ? call.done(call[0]) : raise_io(call, result.error());
}

Outcome file_flush(Call& call) { return call.done(call[0]); }

Outcome file_seek(Call& call) {
    std::string_view from = call.text(2);
    int whence = from == "start" ? SEEK_SET : from == "current" ? SEEK_CUR : from == "end" ? SEEK_END : -1;
    if (whence < 0)
        return raise_value_error(call, "`from` must be \"start\", \"current\" or \"end\", got " +
                                           vm::display_for_message(call[2]));
    Result<std::int64_t> position = file_of(call).seek(call.integer(1), whence);
    return position ? call.done(Value::integer(*position)) : raise_io(call, position.error());
}

Outcome file_close(Call& call) {
    Result<void> result = file_of(call).close();
    return result ? call.done(Value()) : raise_io(call, result.error());
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
