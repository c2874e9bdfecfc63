/* All the programs, and each with its writers killed everywhere. */
#include "tests/robustness/model/protocols.h"

#include "tests/robustness/model/parts.h"

const protocol *protocol_at(size_t index)
{
    static const protocol_group *const groups[] = {&protocols_record,  &protocols_append,
                                                   &protocols_shared,  &protocols_death,
                                                   &protocols_writers, &protocols_waiting};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (index < groups[i]->count)
            return &groups[i]->all[index];
        index -= groups[i]->count;
    }
    return NULL;
}

/* ---- Cells ---- */

/* One combination of kills. */
static void explore_cell(const model_program *program, protocol_result *out)
{
    model_explore(program, &out->last);
    out->cells++;
    out->executions += out->last.executions;
}

/* Every kill of the killable thread of this number and those after it. */
static void explore_kills(const protocol *of, model_program *program, model_thread *threads,
                          unsigned killable, protocol_result *out)
{
    if (killable == of->killable_count) {
        explore_cell(program, out);
        return;
    }
    bool killed = true;
    for (uint32_t at = 0; killed && (at == 0 || out->last.verdict == MODEL_RIGHT); at++) {
        threads[killable].kill_at = at;
        explore_kills(of, program, threads, killable + 1, out);
        killed = (out->last.killed >> killable & 1) != 0;
    }
}

void protocol_explore(const protocol *of, protocol_result *out)
{
    model_thread threads[PROTOCOL_THREADS_MAX];
    model_program program = {.threads = threads,
                             .name = fake_name,
                             .is_constant = fake_is_constant,
                             .patience = of->patience,
                             .wrong = of->wrong};
    for (size_t i = 0; i < PROTOCOL_THREADS_MAX && of->threads[i].run != NULL; i++) {
        threads[i] = of->threads[i];
        program.thread_count++;
    }
    out->cells = 0;
    out->executions = 0;
    of->prepare();
    explore_kills(of, &program, threads, 0, out);
}
