#pragma once
// Threads for what blocks: files, and names to be looked up. One pool a process, shared by isolates, started at its first job.
//
// Three lanes. Jobs that end soon share a few threads (one a core, at least two). Jobs that may wait for ever (reading a FIFO) get a
// thread of their own each, at most kMaxPatientThreads, so that they never keep the others waiting. Names are looked up in a lane
// of their own, for the same reason.

#include <cstddef>
#include <memory>

namespace ruff::runtime {

class Job {
public:
    virtual ~Job() = default;
    /// On a worker. Owns whatever it touches; runs even when nobody wants the result any more, unless it looks itself.
    virtual void run() = 0;
};

enum class Lane : unsigned char { Prompt, Patient, Lookup };

/// Starts `job` as soon as a thread is free; runs it here when the system refuses the lane's first thread. Thread-safe.
void submit(std::unique_ptr<Job> job, Lane lane);

/// Threads of the prompt lane.
[[nodiscard]] std::size_t prompt_thread_count();

inline constexpr std::size_t kMaxPatientThreads = 64;
inline constexpr std::size_t kMaxLookupThreads = 16;

}  // namespace ruff::runtime
