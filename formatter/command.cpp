#include "formatter/command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

#include "core/config/config.h"
#include "core/support/render.h"
#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "formatter/line_diff.h"

namespace ruff::formatter {
namespace {

namespace fs = std::filesystem;

enum ExitCode : int { kSuccess = 0, kWouldChange = 1, kHasErrors = 3, kNotFound = 5, kInternal = 6 };

/// What came of one file.
struct Report {
    int exit_code = kSuccess;
    bool has_changed = false;  // or would
    std::string out;
    std::string message;
};

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

// ---- Replacing a file ----------------------------------------------------------------------------------------

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

/// Writes all of `text` to a new file beside `path`; its name, or the error.
Result<std::string> write_beside(const std::string& path, const struct stat& status, std::string_view text) {
    const std::size_t slash = path.rfind('/');
    std::string name = path.substr(0, slash == std::string::npos ? 0 : slash + 1) + ".ruff-fmt-XXXXXX";
    const int file = mkostemp(name.data(), O_CLOEXEC);
    const auto failed = [&](int code) { return Error{ErrorCode::Unreadable, std::strerror(code)}; };
    if (file < 0) return failed(errno);
    bool is_written = true;
    while (!text.empty() && is_written) {
        const ssize_t count = write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        is_written = count > 0;
        if (is_written) text.remove_prefix(static_cast<std::size_t>(count));
    }
    // The owner first: changing it takes away bits of the mode.
    if (is_written && (status.st_uid != geteuid() || status.st_gid != getegid())) {
        is_written = fchown(file, status.st_uid, status.st_gid) == 0;
    }
    is_written = is_written && fchmod(file, status.st_mode & 07777) == 0 && fsync(file) == 0;
    const int code = errno;
    is_written = close(file) == 0 && is_written;
    if (is_written) return name;
    unlink(name.c_str());
    return failed(code);
}

/// Puts `text` in the place of the file that was read when its status was `status`; otherwise why not.
Result<void> replace_file(const std::string& path, const struct stat& status, std::string_view text) {
    const auto refused = [&](const std::string& why) {
        return Error{ErrorCode::Unreadable, path + " is left as it was: " + why};
    };
    if ((status.st_mode & 0222) == 0 || access(path.c_str(), W_OK) != 0) return refused("it is read-only");
    Result<std::string> beside = write_beside(path, status, text);
    if (!beside) return refused("cannot write beside it: " + beside.error().message);
    struct stat now {};
    std::string why;
    if (stat(path.c_str(), &now) != 0 || !is_same_file(status, now)) {
        why = "it was changed while it was formatted";
    } else if (rename(beside->c_str(), path.c_str()) != 0) {
        why = std::strerror(errno);
    } else {
        return {};
    }
    unlink(beside->c_str());
    return refused(why);
}

// ---- One file ------------------------------------------------------------------------------------------------

LayoutOptions layout_of(const config::Config& config) {
    return {config.format.line_width.value_or(config::kDefaultLineWidth),
            config.format.indent.value_or(config::kDefaultIndent)};
}

/// Configurations by folder.
class Configurations {
public:
    const config::Config& of(const fs::path& file) {
        std::error_code ignored;
        fs::path folder = fs::absolute(file, ignored).lexically_normal().parent_path();
        auto [entry, is_new] = by_folder_.try_emplace(folder.native());
        if (is_new) {
            if (const auto path = config::find_config(folder.native())) {
                if (auto loaded = config::load_config(*path)) entry->second = std::move(loaded->config);
            }
        }
        return entry->second;
    }

private:
    std::map<std::string, config::Config> by_folder_;
};

struct Job {
    std::string path;
    LayoutOptions layout;
};

FormatResult format_text(std::shared_ptr<const SourceFile> source, const LayoutOptions& layout,
                         const CommandOptions& options) {
    const syntax::ParseResult tree = syntax::parse_file(std::move(source));
    if (!options.range) return format_tree(*tree, layout);
    return format_range(*tree, options.range->first - 1, options.range->last - 1, layout);
}

/// What is said about a result, the same for a file and for standard input.
Report report_on(const SourceFile& source, const FormatResult& result, const CommandOptions& options) {
    Report report;
    report.has_changed = result.text != source.text();
    const bool has_errors = std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                                        [](const Diagnostic& d) { return d.severity == Severity::Error; });
    if (has_errors) {
        RenderOptions render;
        render.use_color = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
        report.message = render_diagnostics(source, result.diagnostics, render);
        report.exit_code = kHasErrors;
    } else if (result.status == FormatStatus::Untouched) {
        report.message = "ruff: " + source.path() + " is left as it was: formatting would have changed what it says\n";
        report.exit_code = kInternal;
    }
    if (!report.has_changed) return report;
    if (options.is_diff) report.out = unified_diff(source.path(), source.text(), result.text);
    else if (options.is_check) report.out = "Would reformat " + source.path() + "\n";
    if (options.is_check || options.is_diff) report.exit_code = std::max<int>(report.exit_code, kWouldChange);
    return report;
}

Report format_file(const Job& job, const CommandOptions& options) {
    const auto failed = [](const std::string& message, int code) {
        return Report{code, false, {}, "ruff: " + message + "\n"};
    };
    struct stat status {};
    char* resolved = realpath(job.path.c_str(), nullptr);
    const std::string target = resolved != nullptr ? resolved : job.path;
    std::free(resolved);
    const bool is_there = stat(target.c_str(), &status) == 0;
    if (is_there && !S_ISREG(status.st_mode)) return failed("cannot format " + job.path + ": it is not a file", kNotFound);
    auto loaded = load_source(target);
    if (!loaded) {
        std::string message = loaded.error().message;
        if (const std::size_t at = message.find(target); at != std::string::npos) message.replace(at, target.size(), job.path);
        return failed(message, loaded.error().code == ErrorCode::TooLarge ? kHasErrors : kNotFound);
    }
    const bool had_mark = (*loaded)->had_byte_order_mark();
    const auto source = target == job.path ? *loaded : make_source(job.path, std::string((*loaded)->text()));
    const FormatResult result = format_text(source, job.layout, options);
    Report report = report_on(*source, result, options);
    if (!report.has_changed || options.is_check || options.is_diff) return report;
    const Result<void> replaced = replace_file(target, status, (had_mark ? "\xEF\xBB\xBF" : "") + result.text);
    if (replaced) return report;
    return failed(replaced.error().message, kNotFound);
}

Report format_standard_input(const CommandOptions& options, Configurations& configurations) {
    auto loaded = load_source("-");
    if (!loaded) return {kNotFound, false, {}, "ruff: " + loaded.error().message + "\n"};
    const fs::path name = options.stdin_path.empty() ? "stdin.ruff" : options.stdin_path;
    auto source = *loaded;
    if (!options.stdin_path.empty()) source = make_source(options.stdin_path, std::string((*loaded)->text()));
    const FormatResult result = format_text(source, layout_of(configurations.of(name)), options);
    Report report = report_on(*source, result, options);
    if (!options.is_check && !options.is_diff) report.out = ((*loaded)->had_byte_order_mark() ? "\xEF\xBB\xBF" : "") + result.text;
    return report;
}

// ---- Many files ----------------------------------------------------------------------------------------------

/// Every `.ruff` file below a folder, sorted; hidden folders are left out and links to folders not followed.
void find_files(const fs::path& folder, Configurations& configurations, std::vector<Job>& jobs, std::string& message) {
    std::error_code error;
    std::vector<fs::path> found, folders;
    for (fs::directory_iterator entry(folder.empty() ? fs::path(".") : folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        const fs::path path = folder / entry->path().filename();
        const auto status = entry->symlink_status(ignored);
        if (fs::is_directory(status)) {
            if (!path.filename().native().starts_with('.')) folders.push_back(path);
        } else if (path.extension() == ".ruff" && entry->is_regular_file(ignored)) {
            found.push_back(path);
        }
    }
    if (error) message += "ruff: cannot read " + folder.native() + ": " + error.message() + "\n";
    std::sort(found.begin(), found.end());
    std::sort(folders.begin(), folders.end());
    for (const fs::path& path : found) {
        const config::Config& config = configurations.of(path);
        std::error_code ignored;
        if (!config.is_excluded(fs::absolute(path, ignored).lexically_normal().native())) {
            jobs.push_back({path.native(), layout_of(config)});
        }
    }
    for (const fs::path& path : folders) find_files(path, configurations, jobs, message);
}

/// As many at once as there are cores; the reports in the order of the jobs.
std::vector<Report> format_files(const std::vector<Job>& jobs, const CommandOptions& options) {
    std::vector<Report> reports(jobs.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < jobs.size();) reports[i] = format_file(jobs[i], options);
    };
    const std::size_t worker_count = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), jobs.size());
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < worker_count; ++i) workers.emplace_back(work);
    work();
    for (std::thread& worker : workers) worker.join();
    return reports;
}

std::string count_of(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " file" : " files");
}

}  // namespace

std::optional<LineRange> parse_line_range(std::string_view text) {
    LineRange range;
    const std::size_t colon = text.find(':');
    const auto read = [](std::string_view digits, std::uint32_t& number) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return error == std::errc{} && end == digits.data() + digits.size() && number > 0;
    };
    if (!read(text.substr(0, colon), range.first)) return std::nullopt;
    range.last = range.first;
    if (colon != std::string_view::npos && !read(text.substr(colon + 1), range.last)) return std::nullopt;
    if (range.last < range.first) return std::nullopt;
    return range;
}

int run_command(const CommandOptions& options) {
    Configurations configurations;
    std::vector<Job> jobs;
    std::string messages;
    int exit_code = kSuccess;
    bool reads_input = false;
    for (const std::string& path : options.paths) {
        std::error_code ignored;
        if (path == "-") reads_input = true;
        else if (fs::is_directory(path, ignored)) find_files(path == "." ? fs::path() : fs::path(path), configurations, jobs, messages);
        else jobs.push_back({path, layout_of(configurations.of(path))});
    }
    if (!messages.empty()) exit_code = kNotFound;
    // One file named twice is formatted once.
    std::vector<std::string> seen;
    std::erase_if(jobs, [&](const Job& job) {
        char* resolved = realpath(job.path.c_str(), nullptr);
        std::string name = resolved != nullptr ? resolved : job.path;
        std::free(resolved);
        const auto place = std::lower_bound(seen.begin(), seen.end(), name);
        if (place != seen.end() && *place == name) return true;
        seen.insert(place, std::move(name));
        return false;
    });

    std::vector<Report> reports = format_files(jobs, options);
    if (reads_input) reports.push_back(format_standard_input(options, configurations));
    std::size_t changed = 0, failed = 0;
    for (const Report& report : reports) {
        write_all(STDOUT_FILENO, report.out);
        messages += report.message;
        changed += report.has_changed ? 1 : 0;
        failed += report.exit_code > kWouldChange ? 1 : 0;
        exit_code = std::max(exit_code, report.exit_code);
    }
    if (!jobs.empty()) {
        const bool is_dry = options.is_check || options.is_diff;
        messages += count_of(changed) + (is_dry ? " would be reformatted, " : " reformatted, ") +
                    std::to_string(reports.size() - changed) + (is_dry ? " would stay" : " left") + " as " +
                    (reports.size() - changed == 1 ? "it is" : "they are") +
                    (failed > 0 ? ", " + std::to_string(failed) + " with errors" : "") + "\n";
    }
    write_all(STDERR_FILENO, messages);
    return exit_code;
}

}  // namespace ruff::formatter
