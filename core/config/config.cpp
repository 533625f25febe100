#include "core/config/config.h"

#include <algorithm>
#include <filesystem>
#include <span>

#include "core/config/toml_reader.h"
#include "core/support/edit_distance.h"
#include "core/support/path_pattern.h"

namespace ruff::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLevelNames[] = {"off", "hint", "info", "warning", "error"};
constexpr std::optional<Severity> kLevels[] = {std::nullopt, Severity::Hint, Severity::Information,
                                               Severity::Warning, Severity::Error};

std::string in_ticks(std::string_view text) {
    return "`" + std::string(text) + "`";
}

std::string joined_names(std::span<const std::string_view> names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
        text += in_ticks(names[i]);
    }
    return text;
}

// Walks the tables of the file and fills `out`.
class Reader {
public:
    explicit Reader(LoadedConfig& out) : out_(out), config_(out.config) {}

    void read_file(const TomlValue& root);

private:
    using Member = void (Reader::*)(const TomlValue& value);
    struct Key {
        std::string_view name;
        Member read;
    };

    void read_table(const TomlValue& table, std::string_view where, std::span<const Key> keys);
    void read_package(const TomlValue& table);
    void read_format(const TomlValue& table);
    void read_check(const TomlValue& table);
    void read_levels(const TomlValue& table);
    void read_level(const TomlValue& value);

    void read_exclude(const TomlValue& value);
    void read_package_name(const TomlValue& value);
    void read_line_width(const TomlValue& value);
    void read_indent(const TomlValue& value);
    void read_select(const TomlValue& value) { read_rules(value, config_.check.select); }
    void read_ignore(const TomlValue& value) { read_rules(value, config_.check.ignore); }

    bool expect(const TomlValue& value, TomlKind kind);
    void read_rules(const TomlValue& value, std::vector<RuleName>& rules);
    std::optional<std::uint32_t> read_number(const TomlValue& value, std::uint32_t least, std::uint32_t most);
    void report(std::string_view code, Severity severity, Span span, std::string message, std::string help = {});

    LoadedConfig& out_;
    Config& config_;
};

void Reader::read_file(const TomlValue& root) {
    static constexpr Key kKeys[] = {
        {"exclude", &Reader::read_exclude},
        {"package", &Reader::read_package},
        {"format", &Reader::read_format},
        {"check", &Reader::read_check},
    };
    read_table(root, "", kKeys);
}

void Reader::read_package(const TomlValue& table) {
    static constexpr Key kKeys[] = {{"name", &Reader::read_package_name}};
    read_table(table, " in [package]", kKeys);
}

void Reader::read_format(const TomlValue& table) {
    static constexpr Key kKeys[] = {{"line_width", &Reader::read_line_width}, {"indent", &Reader::read_indent}};
    read_table(table, " in [format]", kKeys);
}

void Reader::read_check(const TomlValue& table) {
    static constexpr Key kKeys[] = {
        {"select", &Reader::read_select},
        {"ignore", &Reader::read_ignore},
        {"severity", &Reader::read_levels},
    };
    read_table(table, " in [check]", kKeys);
}

void Reader::read_table(const TomlValue& table, std::string_view where, std::span<const Key> keys) {
    if (!expect(table, TomlKind::Table)) return;
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    for (const TomlValue& value : table.items) {
        auto known = std::ranges::find(keys, value.key, &Key::name);
        if (known != keys.end()) {
            (this->*known->read)(value);
            continue;
        }
        std::string_view near = nearest_name(value.key, names);
        report("unknown-config-key", Severity::Warning, value.key_span,
               "unknown key " + in_ticks(value.key) + std::string(where),
               near.empty() ? "the keys here are " + joined_names(names) : "did you mean " + in_ticks(near) + "?");
    }
}

void Reader::read_exclude(const TomlValue& value) {
    if (!expect(value, TomlKind::Array)) return;
    for (const TomlValue& pattern : value.items) {
        if (expect(pattern, TomlKind::String)) config_.exclude.push_back(pattern.text);
    }
}

void Reader::read_package_name(const TomlValue& value) {
    if (expect(value, TomlKind::String)) config_.package_name = value.text;
}

void Reader::read_line_width(const TomlValue& value) {
    config_.format.line_width = read_number(value, kLeastLineWidth, kMostLineWidth);
}

void Reader::read_indent(const TomlValue& value) {
    config_.format.indent = read_number(value, kLeastIndent, kMostIndent);
}

void Reader::read_rules(const TomlValue& value, std::vector<RuleName>& rules) {
    if (!expect(value, TomlKind::Array)) return;
    for (const TomlValue& rule : value.items) {
        if (expect(rule, TomlKind::String)) rules.push_back({rule.text, rule.span});
    }
}

void Reader::read_levels(const TomlValue& table) {
    if (!expect(table, TomlKind::Table)) return;
    for (const TomlValue& value : table.items) read_level(value);
}

void Reader::read_level(const TomlValue& value) {
    if (!expect(value, TomlKind::String)) return;
    auto level = std::ranges::find(kLevelNames, value.text);
    if (level != std::end(kLevelNames)) {
        config_.check.levels.push_back({{value.key, value.key_span}, kLevels[level - kLevelNames]});
        return;
    }
    std::string_view near = nearest_name(value.text, kLevelNames);
    report("invalid-config-value", Severity::Error, value.span, "there is no severity " + in_ticks(value.text),
           near.empty() ? "the severities are " + joined_names(kLevelNames) : "did you mean " + in_ticks(near) + "?");
}

bool Reader::expect(const TomlValue& value, TomlKind kind) {
    if (value.kind == kind) return true;
    std::string subject = value.key.empty() ? "this" : in_ticks(value.key);
    report("invalid-config-value", Severity::Error, value.span,
           subject + " takes " + std::string(kind_name(kind)) + ", not " + std::string(kind_name(value.kind)));
    return false;
}

std::optional<std::uint32_t> Reader::read_number(const TomlValue& value, std::uint32_t least, std::uint32_t most) {
    if (!expect(value, TomlKind::Integer)) return std::nullopt;
    if (value.integer >= least && value.integer <= most) return static_cast<std::uint32_t>(value.integer);
    report("invalid-config-value", Severity::Error, value.span,
           in_ticks(value.key) + " takes a number from " + std::to_string(least) + " to " + std::to_string(most) +
               ", not " + std::to_string(value.integer));
    return std::nullopt;
}

void Reader::report(std::string_view code, Severity severity, Span span, std::string message, std::string help) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.severity = severity;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    out_.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace

LoadedConfig parse_config(std::shared_ptr<const SourceFile> source) {
    LoadedConfig loaded;
    loaded.source = source;
    std::error_code error;
    loaded.config.folder = fs::absolute(source->path(), error).lexically_normal().parent_path().native();
    TomlFile file = read_toml(*source);
    Reader(loaded).read_file(file.root);
    for (TomlError& mistake : file.errors) {
        Diagnostic diagnostic;
        diagnostic.code = "config-syntax";
        diagnostic.span = mistake.span;
        diagnostic.message = std::move(mistake.message);
        loaded.diagnostics.push_back(std::move(diagnostic));
    }
    std::ranges::stable_sort(loaded.diagnostics, {}, [](const Diagnostic& found) { return found.span.begin; });
    return loaded;
}

Result<LoadedConfig> load_config(const std::string& path) {
    RUFF_TRY(std::shared_ptr<const SourceFile> source, load_source(path));
    return parse_config(std::move(source));
}

std::optional<std::string> find_config(const std::string& folder) {
    std::error_code error;
    fs::path above = fs::absolute(folder.empty() ? "." : folder, error).lexically_normal();
    if (!above.has_filename()) above = above.parent_path();  // written with a `/` at the end
    while (!above.empty()) {
        fs::path candidate = above / kConfigFileName;
        if (fs::is_regular_file(candidate, error)) return candidate.native();
        if (above == above.parent_path()) break;
        above = above.parent_path();
    }
    return std::nullopt;
}

bool Config::is_excluded(std::string_view path) const {
    if (folder.empty() || !path.starts_with(folder)) return false;
    std::string_view relative = path.substr(folder.size());
    bool is_inside = folder.ends_with('/') || relative.starts_with('/');
    if (!is_inside) return false;
    return std::ranges::any_of(exclude, [&](const std::string& pattern) {
        return matches_path_pattern(relative, pattern);
    });
}

}  // namespace ruff::config
