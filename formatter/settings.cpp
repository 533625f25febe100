#include "formatter/settings.h"

#include <unistd.h>

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
    const config::FormatConfig& own = config_of(absolute_path).format;
    config::FormatConfig editor;
    if (!own.line_width || !own.indent) editor = editor_configs_.format_of(absolute_path);
    return {own.line_width.value_or(editor.line_width.value_or(config::kDefaultLineWidth)),
            own.indent.value_or(editor.indent.value_or(config::kDefaultIndent))};
}

bool Settings::is_excluded(const std::string& path) {
    const std::string absolute_path = absolute_path_of(path);
    return config_of(absolute_path).is_excluded(absolute_path);
}

const config::Config& Settings::config_of(const std::string& absolute_path) {
    const std::string folder = absolute_path.substr(0, absolute_path.rfind('/'));
    const auto [known, is_new_folder] = files_.try_emplace(folder);
    if (is_new_folder) known->second = config::find_config(folder.empty() ? "/" : folder).value_or("");
    const auto [config, is_new_file] = configs_.try_emplace(known->second);
    if (is_new_file && !known->second.empty()) load(known->second, config->second);
    return config->second;
}

void Settings::load(const std::string& file, config::Config& into) {
    auto loaded = config::load_config(file);
    if (!loaded) {
        problems_ += "ruff: " + loaded.error().message + "\n";
        return;
    }
    RenderOptions render;
    render.use_color = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    problems_ += render_diagnostics(*loaded->source, loaded->diagnostics, render);
    into = std::move(loaded->config);
}

}  // namespace ruff::formatter
