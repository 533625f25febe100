#include "core/sema/facts.h"

namespace ruff::sema {

const TypeModel& ProgramFacts::types_of(const SemanticModel& model) {
    // Inference asks for the types of imports, which adds files: the place is looked up again afterwards.
    if (const auto found = files_.find(&model); found != files_.end() && found->second.types != nullptr) return *found->second.types;
    std::unique_ptr<const TypeModel> types = infer_types(model, *this);
    return *(files_[&model].types = std::move(types));
}

const EffectModel& ProgramFacts::effects_of(const SemanticModel& model) {
    if (const auto found = files_.find(&model); found != files_.end() && found->second.effects != nullptr) return *found->second.effects;
    std::unique_ptr<const EffectModel> effects = infer_effects(types_of(model), *this);
    return *(files_[&model].effects = std::move(effects));
}

}  // namespace ruff::sema
