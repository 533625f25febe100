#include "formatter/settings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "core/support/render.h"

namespace ruff::formatter {
namespace {

std::string absolute_path_of(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::absolute(path, ignored).lexically_normal().native();
}

}  // namespace

LayoutOptions Settings::layout_of(const std::string& path) {
    const std::string absolute_path = absolute_path_of(path);
    const config::FormatConfig& own = entry_of(absolute_path).config.format;
    config::FormatConfig editor;
    if (!own.line_width || !own.indent) editor = editor_configs_.format_of(absolute_path);
    return {own.line_width.value_or(editor.line_width.value_or(config::kDefaultLineWidth)),
            own.indent.value_or(editor.indent.value_or(config::kDefaultIndent))};
}

bool Settings::is_known_for(const std::string& path) { return !entry_of(absolute_path_of(path)).has_errors; }

bool Settings::is_excluded(const std::string& path) {
    const std::string absolute_path = absolute_path_of(path);
    return entry_of(absolute_path).config.is_excluded(absolute_path);
}

const Settings::Entry& Settings::entry_of(const std::string& absolute_path) {
    const std::string folder = absolute_path.substr(0, absolute_path.rfind('/'));
    const auto [known, is_new_folder] = files_.try_emplace(folder);
    if (is_new_folder) known->second = config::find_config(folder.empty() ? "/" : folder).value_or("");
    const auto [entry, is_new_file] = entries_.try_emplace(known->second);
    if (is_new_file && !known->second.empty()) load(known->second, entry->second);
    return entry->second;
}

void Settings::load(const std::string& file, Entry& into) {
    auto loaded = config::load_config(file);
    if (loaded) {
        RenderOptions render;
        render.use_color = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
        problems_ += render_diagnostics(*loaded->source, loaded->diagnostics, render);
        into.config = std::move(loaded->config);
        into.has_errors = std::any_of(loaded->diagnostics.begin(), loaded->diagnostics.end(),
                                      [](const Diagnostic& each) { return each.severity == Severity::Error; });
    } else {
        problems_ += "ruff: " + loaded.error().message + "\n";
        into.has_errors = true;
    }
    if (into.has_errors) problems_ += "ruff: what " + file + " holds for is left as it is\n";
}

}  // namespace ruff::formatter
