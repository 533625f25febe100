#pragma once
// Types and effects of the files of one program: what a rule or an editor asks about calls that lead into other files.

#include <memory>
#include <unordered_map>

#include "core/sema/effects.h"
#include "core/sema/type_model.h"

namespace ruff::sema {

/// What lies behind longer chains of imports is not known: each file is looked at in the middle of the one before.
inline constexpr std::uint32_t kMaxImportDepth = 16;

/// Where they are kept. The models are those of a file and of the modules it imports, directly or not; what is given back
/// holds as long as the keeper. Modules do not import each other in circles, so asking on behalf of one ends.
class Facts {
public:
    virtual ~Facts() = default;
    [[nodiscard]] virtual const TypeModel& types_of(const SemanticModel& model) = 0;
    [[nodiscard]] virtual const EffectModel& effects_of(const SemanticModel& model) = 0;
};

/// Makes what is asked for, once. For one thread.
class ProgramFacts final : public Facts {
public:
    [[nodiscard]] const TypeModel& types_of(const SemanticModel& model) override;
    [[nodiscard]] const EffectModel& effects_of(const SemanticModel& model) override;

private:
    struct File {
        std::unique_ptr<const TypeModel> types;
        std::unique_ptr<const EffectModel> effects;
    };
    std::unordered_map<const SemanticModel*, File> files_;  // whose elements stay where they are
};

}  // namespace ruff::sema
