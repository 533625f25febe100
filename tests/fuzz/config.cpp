// Any bytes are a rufflang.toml with diagnostics, each inside the text.

#include <cstdint>
#include <cstdlib>

#include "core/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    ruff::config::LoadedConfig loaded = ruff::config::parse_config(ruff::make_source("/project/rufflang.toml", text));
    for (const ruff::Diagnostic& diagnostic : loaded.diagnostics) {
        bool is_inside = diagnostic.span.begin <= diagnostic.span.end &&
                         diagnostic.span.end <= loaded.source->text().size();
        if (!is_inside || diagnostic.message.empty()) std::abort();
    }
    (void)loaded.config.is_excluded("/project/a/b.ruff");
    return 0;
}
