#include "formatter/command.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unordered_set>

#include "core/support/progress.h"
#include "core/support/render.h"
#include "core/support/replace_file.h"
#include "core/support/write_all.h"
#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "formatter/line_diff.h"
#include "formatter/settings.h"

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

// ---- One file ------------------------------------------------------------------------------------------------

struct Job {
    std::string path;
    std::optional<LayoutOptions> layout;  // none where nobody knows it
};

std::optional<LayoutOptions> layout_of(const std::string& path, Settings& settings) {
    if (!settings.is_known_for(path)) return std::nullopt;
    return settings.layout_of(path);
}

FormatResult format_text(std::shared_ptr<const SourceFile> source, const LayoutOptions& layout,
                         const CommandOptions& options) {
    if (!options.range) return format_source(std::move(source), layout);
    const syntax::ParseResult tree = syntax::parse_file(std::move(source));
    return format_range(*tree, options.range->first - 1, options.range->last - 1, layout);
}

/// What is written: with a byte order mark if there was one.
std::string text_of(FormatResult result, bool had_mark) {
    if (had_mark) result.text.insert(0, "\xEF\xBB\xBF");
    return std::move(result.text);
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
        report.message = "ruff: " + source.path() + " is left as it was: formatting would have changed what it says (" +
                         result.defect + ")\n";
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
    const Result<FileState> state = FileState::of(job.path);
    if (!state) return failed(state.error().message, kNotFound);
    if (!job.layout) return {kHasErrors, false, {}, {}};
    if (!state->is_regular()) return failed("cannot format " + job.path + ": it is not a file", kNotFound);
    const auto source = load_source(job.path);
    if (!source) {
        return failed(source.error().message, source.error().code == ErrorCode::TooLarge ? kHasErrors : kNotFound);
    }
    FormatResult result = format_text(*source, *job.layout, options);
    Report report = report_on(**source, result, options);
    if (!report.has_changed || options.is_check || options.is_diff) return report;
    const std::string text = text_of(std::move(result), (*source)->had_byte_order_mark());
    const Result<void> replaced = replace_file(job.path, *state, text);
    return replaced ? report : failed(replaced.error().message, kNotFound);
}

Report format_standard_input(const CommandOptions& options, Settings& settings) {
    const auto loaded = load_source("-");
    if (!loaded) return {kNotFound, false, {}, "ruff: " + loaded.error().message + "\n"};
    auto source = *loaded;
    if (!options.stdin_path.empty()) source = make_source(options.stdin_path, std::string(source->text()));
    const std::string name = options.stdin_path.empty() ? "stdin.ruff" : options.stdin_path;
    const std::optional<LayoutOptions> layout = layout_of(name, settings);
    if (!layout) return {kHasErrors, false, options.is_check || options.is_diff ? "" : std::string((*loaded)->text()), {}};
    FormatResult result = format_text(source, *layout, options);
    Report report = report_on(*source, result, options);
    if (!options.is_check && !options.is_diff) report.out = text_of(std::move(result), (*loaded)->had_byte_order_mark());
    return report;
}

// ---- Many files ----------------------------------------------------------------------------------------------

/// Every `.ruff` file below a folder, sorted; hidden folders are left out and links to folders not followed.
void find_files(const fs::path& folder, Settings& settings, std::vector<Job>& jobs, std::string& message) {
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
        if (!settings.is_excluded(path.native())) jobs.push_back({path.native(), layout_of(path.native(), settings)});
    }
    for (const fs::path& path : folders) find_files(path, settings, jobs, message);
}

/// As many at once as there are cores; the reports in the order of the jobs.
std::vector<Report> format_files(const std::vector<Job>& jobs, const CommandOptions& options) {
    std::vector<Report> reports(jobs.size());
    Progress progress(STDERR_FILENO, options.is_check || options.is_diff ? "checking" : "formatting", jobs.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < jobs.size(); progress.advance()) {
            reports[i] = format_file(jobs[i], options);
        }
    };
    const std::size_t worker_count = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), jobs.size());
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < worker_count; ++i) workers.emplace_back(work);
    work();
    for (std::thread& worker : workers) worker.join();
    return reports;
}

/// A file that was named twice, perhaps through a link, is formatted once.
void drop_repeated(std::vector<Job>& jobs) {
    std::unordered_set<std::string> seen;
    std::erase_if(jobs, [&](const Job& job) {
        std::error_code error;
        const fs::path file = fs::canonical(job.path, error);
        return !seen.insert(error ? job.path : file.native()).second;
    });
}

/// `3 files reformatted, 1 left as it is, 1 with errors`
std::string summary_of(const std::vector<Report>& reports, bool is_dry) {
    std::size_t changed = 0, failed = 0;
    for (const Report& report : reports) {
        changed += report.has_changed ? 1 : 0;
        failed += report.exit_code > kWouldChange ? 1 : 0;
    }
    const std::size_t left = reports.size() - changed;
    return std::to_string(changed) + (changed == 1 ? " file" : " files") +
           (is_dry ? " would be reformatted, " : " reformatted, ") + std::to_string(left) +
           (is_dry ? " would stay" : " left") + " as " + (left == 1 ? "it is" : "they are") +
           (failed > 0 ? ", " + std::to_string(failed) + " with errors" : "") + "\n";
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
    Settings settings;
    std::vector<Job> jobs;
    std::string messages;
    bool reads_input = false;
    for (const std::string& path : options.paths) {
        std::error_code ignored;
        if (path == "-") reads_input = true;
        else if (fs::is_directory(path, ignored)) find_files(path == "." ? fs::path() : fs::path(path), settings, jobs, messages);
        else jobs.push_back({path, layout_of(path, settings)});
    }
    int exit_code = messages.empty() ? kSuccess : kNotFound;
    drop_repeated(jobs);

    std::vector<Report> reports = format_files(jobs, options);
    if (reads_input) reports.push_back(format_standard_input(options, settings));
    messages += settings.problems();
    for (const Report& report : reports) {
        (void)write_all(STDOUT_FILENO, report.out);
        messages += report.message;
        exit_code = std::max(exit_code, report.exit_code);
    }
    if (!jobs.empty()) messages += summary_of(reports, options.is_check || options.is_diff);
    (void)write_all(STDERR_FILENO, messages);
    return exit_code;
}

}  // namespace ruff::formatter
