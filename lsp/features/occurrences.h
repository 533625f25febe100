#pragma once

#include <functional>

#include "lsp/analysis/mentions.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

/// Calls `function` for every mention of `entity` in `from`, the file that asks, and, where other files can see it, in
/// every file that is known; in order of position within a file. Files whose text does not have the name are not
/// analysed. Ends early when stopped.
void each_occurrence(const Snapshot& snapshot, const Analysis& from, const Entity& entity, const StopSignal& stop,
                     const std::function<void(const Analysis& file, const Mention& mention)>& function);

/// Whether only its own file can name it.
[[nodiscard]] bool is_file_local(const Entity& entity);

/// Whether `word` stands in `text` as a whole word.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

/// The struct or enum that the value of a name is, or nothing.
[[nodiscard]] Entity type_entity_at(const Analysis& file, std::uint32_t token, const Entity& entity);

}  // namespace ruff::lsp
