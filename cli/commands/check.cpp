// `ruff check`: files are checked on all cores, each on its own; what was found is shown in the order of the paths.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "cli/check_report.h"
#include "cli/command.h"
#include "core/config/config.h"
#include "core/lint/lint.h"
#include "core/sema/module_graph.h"
#include "core/support/progress.h"
#include "core/support/render.h"
#include "core/support/replace_file.h"
#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "formatter/settings.h"

namespace ruff::cli {
namespace {

namespace fs = std::filesystem;

/// A fix may uncover another finding; this many rounds are enough for every chain of them.
constexpr int kMaxFixRounds = 20;

struct CheckOptions {
    bool fixes = false;
    bool allows_unsafe = false;
    std::vector<const lint::Rule*> select;
    std::vector<const lint::Rule*> ignore;
};

/// The configuration of a folder: the nearest `rufflang.toml` and what the command line adds.
struct FolderConfig {
    config::Config config;
    lint::Selection selection;
};

// --- which files ---------------------------------------------------------------------------------------------------

class FileFinder {
public:
    explicit FileFinder(const CheckOptions& options) : options_(options) {}

    void add(const std::string& path) {
        std::error_code error;
        if (path != "-" && fs::is_directory(path, error)) return add_folder(path);
        files_.push_back({path, &config_of(path == "-" ? "." : fs::path(path).parent_path()).selection,
                          options_.fixes ? settings_.layout_of(path) : formatter::LayoutOptions{}, nullptr, {}, 0, "", kExitNotFound});
    }

    std::vector<CheckedFile> take_files() {
        std::set<std::string> seen;
        std::erase_if(files_, [&](const CheckedFile& file) { return !seen.insert(file.path).second; });
        return std::move(files_);
    }
    /// What is wrong with the configuration files, rendered.
    [[nodiscard]] const std::string& config_problems() const { return config_problems_; }
    [[nodiscard]] bool has_config_error() const { return has_config_error_; }

private:
    // Hidden folders and symbolic links to folders are left out.
    void add_folder(const fs::path& folder) {
        std::vector<fs::path> found;
        std::error_code error;
        for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end; !error && at != end;
             at.increment(error)) {
            const std::string name = at->path().filename().string();
            const bool is_folder = at->is_directory(error);
            if (is_folder && (name.starts_with('.') || is_excluded(at->path()))) at.disable_recursion_pending();
            else if (!is_folder && at->path().extension() == ".ruff" && !is_excluded(at->path())) found.push_back(at->path());
        }
        std::sort(found.begin(), found.end());
        for (const fs::path& path : found) add(folder == "." ? path.lexically_normal().string() : path.string());
    }

    bool is_excluded(const fs::path& path) {
        return config_of(path.parent_path()).config.is_excluded(fs::absolute(path).lexically_normal().string());
    }

    const FolderConfig& config_of(const fs::path& folder) {
        const std::string absolute = fs::absolute(folder.empty() ? fs::path(".") : folder).lexically_normal().string();
        const std::optional<std::string> file = config::find_config(absolute);
        const auto [entry, is_new] = configs_.try_emplace(file.value_or(""));
        if (is_new) read_config(entry->second, file);
        return entry->second;
    }

    void read_config(FolderConfig& into, const std::optional<std::string>& file) {
        if (file) {
            if (Result<config::LoadedConfig> loaded = config::load_config(*file)) {
                std::vector<Diagnostic> problems = loaded->diagnostics;
                for (Diagnostic& each : into.selection.apply(loaded->config.check)) problems.push_back(std::move(each));
                has_config_error_ = has_config_error_ || std::any_of(problems.begin(), problems.end(), [](const Diagnostic& each) {
                    return each.severity == Severity::Error;
                });
                if (!problems.empty()) config_problems_ += render_diagnostics(*loaded->source, problems, {});
                into.config = std::move(loaded->config);
            } else {
                config_problems_ += "ruff: " + loaded.error().message + "\n";
            }
        }
        if (!options_.select.empty()) into.selection.clear();
        for (const lint::Rule* rule : options_.select) into.selection.add(*rule);
        for (const lint::Rule* rule : options_.ignore) into.selection.set(rule->id, std::nullopt);
    }

    const CheckOptions& options_;
    std::map<std::string, FolderConfig> configs_;  // by the path of the file
    formatter::Settings settings_;
    std::vector<CheckedFile> files_;
    std::string config_problems_;
    bool has_config_error_ = false;
};

// --- one file ------------------------------------------------------------------------------------------------------

std::vector<Diagnostic> find_problems(const std::shared_ptr<const SourceFile>& source, const lint::Selection& selection) {
    const sema::ModuleGraph graph = sema::load_modules(source);
    return lint::check_file(*graph.modules[0]->model, selection);
}

bool has_refusal(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& each) { return !each.is_rule && each.severity == Severity::Error; });
}

/// Applies fixes until none is left: of fixes that overlap one a round. A round after which the file would be refused is
/// taken back.
void fix_file(CheckedFile& file, bool allows_unsafe) {
    for (int round = 0; round < kMaxFixRounds; ++round) {
        const std::vector<TextEdit> edits = lint::choose_edits(file.diagnostics, allows_unsafe);
        if (edits.empty()) return;
        auto source = make_source(file.path, formatter::format_edited(*file.source, edits, file.layout));
        std::vector<Diagnostic> diagnostics = find_problems(source, *file.selection);
        if (has_refusal(diagnostics) && !has_refusal(file.diagnostics)) return;
        file.source = std::move(source);
        file.diagnostics = std::move(diagnostics);
        file.fixed_count += edits.size();
    }
}

void check_one(CheckedFile& file, const CheckOptions& options) {
    const Result<FileState> state = FileState::of(file.path);
    Result<std::shared_ptr<const SourceFile>> loaded = load_source(file.path);
    if (!loaded) {
        file.failure = loaded.error().message;
        file.failure_code = loaded.error().code == ErrorCode::TooLarge ? kExitRefused : kExitNotFound;
        return;
    }
    file.source = *loaded;
    file.diagnostics = find_problems(file.source, *file.selection);
    if (!options.fixes || !state || !state->is_regular()) return;
    const bool had_mark = file.source->had_byte_order_mark();
    fix_file(file, options.allows_unsafe);
    if (file.fixed_count == 0) return;
    const std::string text = (had_mark ? "\xEF\xBB\xBF" : "") + std::string(file.source->text());
    if (const Result<void> replaced = replace_file(file.path, *state, text); !replaced) {
        file.failure = replaced.error().message;
        file.failure_code = kExitNotFound;
    }
}

void check_all(std::vector<CheckedFile>& files, const CheckOptions& options) {
    std::atomic<std::size_t> next{0};
    Progress progress(STDERR_FILENO, "checking", files.size());
    auto work = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < files.size(); progress.advance()) check_one(files[i], options);
    };
    const std::size_t count = std::min<std::size_t>(files.size(), std::max(1u, std::thread::hardware_concurrency()));
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < count; ++i) workers.emplace_back(work);
    work();
    for (std::thread& worker : workers) worker.join();
}

int exit_code(const std::vector<CheckedFile>& files) {
    int code = kExitSuccess;
    for (const CheckedFile& file : files) {
        if (!file.failure.empty()) code = std::max(code, file.failure_code);
        for (const Diagnostic& each : file.diagnostics) {
            if (each.severity <= Severity::Warning) code = std::max<int>(code, kExitGateFailed);
        }
    }
    return code;
}

// --- the command ---------------------------------------------------------------------------------------------------

/// The rules of `--select a,b --select c`; the first name that is none is left in `unknown`.
std::vector<const lint::Rule*> read_rules(const Arguments& arguments, std::string_view option, std::string& unknown) {
    std::vector<const lint::Rule*> rules;
    for (std::string_view names : arguments.values(option)) {
        while (!names.empty()) {
            const std::size_t comma = names.find(',');
            const std::string_view name = names.substr(0, comma);
            names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
            const lint::Rule* rule = lint::find_rule(name);
            if (rule != nullptr) rules.push_back(rule);
            else if (unknown.empty()) unknown = name;
        }
    }
    return rules;
}

int run(const Arguments& arguments) {
    CheckOptions options;
    options.allows_unsafe = arguments.has("--unsafe-fixes");
    options.fixes = arguments.has("--fix") || options.allows_unsafe;
    std::string unknown;
    options.select = read_rules(arguments, "--select", unknown);
    options.ignore = read_rules(arguments, "--ignore", unknown);
    if (!unknown.empty()) return usage_error("check: " + lint::describe_unknown_rule(unknown));

    FileFinder finder(options);
    if (arguments.operands.empty()) finder.add(".");
    for (const std::string_view path : arguments.operands) finder.add(std::string(path));
    std::vector<CheckedFile> files = finder.take_files();
    check_all(files, options);

    std::fputs(finder.config_problems().c_str(), stderr);
    for (const CheckedFile& file : files) {
        if (!file.failure.empty()) print_error(file.failure);
    }
    const std::string_view format = arguments.value("--output-format", "full");
    print(report_findings(format, files));
    return std::max<int>(exit_code(files), finder.has_config_error() ? kExitGateFailed : kExitSuccess);
}

constexpr Option kOptions[] = {
    {.name = "--fix", .help = "apply the safe fixes"},
    {.name = "--unsafe-fixes", .help = "apply the unsafe fixes too"},
    {.name = "--output-format", .kind = OptionKind::value, .value_name = "full|concise|json|jsonl|github|sarif|junit", .help = "how findings are shown", .has_choices = true},
    {.name = "--select", .kind = OptionKind::value, .value_name = "RULES", .help = "only these rules, separated by commas"},
    {.name = "--ignore", .kind = OptionKind::value, .value_name = "RULES", .help = "without these rules"},
};

}  // namespace

extern const CommandBody check_command = {
    .run = run,
    .options = kOptions,
    .about = "Finds mistakes without running anything: syntax, names, and the rules that `ruff explain` lists. Folders\n"
             "are searched for `.ruff` files; without a path it is the present folder. `rufflang.toml` selects rules.\n"
             "A comment `# ruff: allow(RULE) reason` on the line or above it takes a finding away.\n"
             "\n"
             "The exit code is 1 when there is an error or a warning.",
    .examples = "ruff check                         # all files below the present folder\n"
                "ruff check --fix report.ruff       # repair what can be repaired safely\n"
                "ruff check --ignore empty-except   # without one rule",
};

}  // namespace ruff::cli
