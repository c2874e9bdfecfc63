/* The search: choices with copies of the machine to go back to, and threads run again by a log. */
#include "tests/robustness/model/explore.h"

#include "tests/robustness/model/search.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXECUTIONS_DEFAULT UINT64_C(300000000)

search_state search = {.thread = MODEL_NO_THREAD, .forced = -1};

/* ---- Reports ---- */

void say(const char *format, ...)
{
    if (search.path == NULL)
        return;
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const size_t room = MODEL_STEPS_SIZE - search.steps_used;
    const int length = snprintf(search.result->steps + search.steps_used, room, "%-10s %s\n",
                                search.program->threads[search.thread].name, text);
    search.steps_used += length > 0 && (size_t)length < room ? (size_t)length : room - 1;
}

static void stop(model_verdict verdict, const char *what, va_list arguments)
{
    vsnprintf(search.result->what, MODEL_WHAT_SIZE, what, arguments);
    search.result->verdict = verdict;
}

void model_refuse(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    if (search.thread == MODEL_NO_THREAD) {
        vfprintf(stderr, what, arguments);
        abort();
    }
    stop(MODEL_REFUSED, what, arguments);
    va_end(arguments);
    longjmp(search.scheduler, OUT_STOPPED);
}

void model_check(bool ok, const char *what, ...)
{
    if (ok)
        return;
    va_list arguments;
    va_start(arguments, what);
    stop(MODEL_WRONG, what, arguments);
    va_end(arguments);
    longjmp(search.scheduler, OUT_STOPPED);
}

/* ---- Choices ---- */

static void execution_copy(execution *to, const execution *from)
{
    memcpy(to->threads, from->threads, sizeof to->threads);
    memcpy(to->observed, from->observed, sizeof to->observed);
    model_machine_copy(&to->machine, &from->machine);
}

unsigned choose(unsigned options)
{
    if (options == 1)
        return 0;
    if (search.path != NULL) {
        if (search.path_next == CHOICES_MAX)
            model_refuse("more than %u choices in one execution", CHOICES_MAX);
        if (search.path_next == search.path_count)
            lost();
        return search.path[search.path_next++];
    }
    if (search.forced >= 0) {
        const unsigned option = (unsigned)search.forced;
        search.forced = -1;
        return option;
    }
    if (search.choice_count == CHOICES_MAX)
        model_refuse("more than %u choices in one execution", CHOICES_MAX);
    choice **slot = &search.choices[search.choice_count];
    if (*slot == NULL)
        *slot = malloc(sizeof **slot);
    if (*slot == NULL)
        abort();
    (*slot)->option = 0;
    (*slot)->options = options;
    (*slot)->thread = search.thread;
    execution_copy(&(*slot)->before, &search.now);
    search.choice_count++;
    return 0;
}

/* ---- Events ---- */

void lost(void)
{
    fprintf(stderr, "model: a thread did otherwise when it was run again\n");
    abort();
}

bool was_done(event_kind kind, const void *address, uint64_t *value)
{
    if (search.next_event == search.now.threads[search.thread].event_count)
        return false;
    const event *past = &search.logs[search.thread][search.next_event++];
    if (past->kind != kind || past->address != address)
        lost();
    *value = past->value;
    return true;
}

void done(event_kind kind, const void *address, uint64_t value)
{
    if (search.now.threads[search.thread].event_count == EVENTS_MAX)
        model_refuse("a thread of more than %u events", EVENTS_MAX);
    event *new_event = &search.logs[search.thread][search.now.threads[search.thread].event_count++];
    new_event->kind = kind;
    new_event->address = address;
    new_event->value = value;
    search.next_event++;
    search.now.threads[search.thread].waiting = false;
    search.stepped = true;
}

/* ---- What threads may do besides ---- */

void model_give_up(void)
{
    say("would try again");
    longjmp(search.scheduler, OUT_ENDED);
}

void model_pause(void)
{
    if (search.pauses++ == search.program->patience)
        model_give_up();
}

unsigned model_choose(unsigned count)
{
    uint64_t value;
    if (was_done(EVENT_CHOICE, NULL, &value))
        return (unsigned)value;
    value = choose(count);
    say("choice %" PRIu64 " of %u", value, count);
    done(EVENT_CHOICE, NULL, value);
    return (unsigned)value;
}

void model_observe(unsigned slot, uint64_t value)
{
    search.now.observed[slot] = value;
}

uint32_t model_stores(void)
{
    return search.stores;
}

uint64_t model_final(const void *address)
{
    const model_location *location = model_machine_at(&search.now.machine, address);
    if (location == NULL)
        model_refuse("too many locations");
    return model_machine_value(&search.now.machine, location, location->at[location->count - 1]);
}

/* ---- The scheduler ---- */

static bool may_run(size_t i)
{
    const thread_state *thread = &search.now.threads[i];
    const int after = search.program->threads[i].after;
    if (thread->ended)
        return false;
    if (!thread->started)
        return after == MODEL_NO_THREAD || search.now.threads[after].ended;
    return !thread->waiting ||
           search.now.machine.locations[thread->waits_index].count > thread->waits_count;
}

/* The next thread, or MODEL_NO_THREAD. */
static int pick(void)
{
    int ready[MODEL_THREADS_MAX];
    unsigned count = 0;
    for (size_t i = 0; i < search.program->thread_count; i++)
        if (may_run(i))
            ready[count++] = (int)i;
    if (count == 0)
        return MODEL_NO_THREAD;
    if (!search.program->every_interleaving)
        return ready[0];
    return ready[choose(count)];
}

/* Until the function returns, or the thread comes back by longjmp. */
static way_out call(void (*function)(const void *), const void *argument)
{
    const int out = setjmp(search.scheduler);
    if (out != 0)
        return (way_out)out;
    function(argument);
    return OUT_ENDED;
}

static way_out run_thread(int i)
{
    const model_thread *thread = &search.program->threads[i];
    thread_state *state = &search.now.threads[i];
    if (!state->started) {
        state->started = true;
        if (thread->after != MODEL_NO_THREAD)
            model_machine_follow(&search.now.machine, (unsigned)i, (unsigned)thread->after);
    }
    search.thread = i;
    search.next_event = 0;
    search.stores = 0;
    search.pauses = 0;
    search.dying = false;
    search.stepped = false;
    way_out out = call(thread->run, thread->argument);
    if (out == OUT_KILLED) {
        search.dying = true;
        out = thread->dies != NULL ? call(thread->dies, thread->argument) : OUT_ENDED;
    }
    search.thread = MODEL_NO_THREAD;
    if (out == OUT_ENDED)
        state->ended = true;
    return out;
}

/* From .now to the end of one execution. False when the search must stop. */
static bool run_to_end(int first)
{
    for (int i = first != MODEL_NO_THREAD ? first : pick(); i != MODEL_NO_THREAD; i = pick()) {
        const way_out out = run_thread(i);
        if (out == OUT_STOPPED)
            return false;
        if (out == OUT_DROPPED) {
            search.result->dropped++;
            return true;
        }
    }
    for (size_t i = 0; i < search.program->thread_count; i++)
        if (!search.now.threads[i].ended) {
            search.result->dropped++;
            return true;
        }
    search.result->executions++;
    if (search.program->end != NULL)
        search.program->end(search.now.observed, search.program->context);
    const char *wrong =
        search.program->wrong != NULL ? search.program->wrong(search.now.observed) : NULL;
    if (wrong == NULL)
        return true;
    snprintf(search.result->what, MODEL_WHAT_SIZE, "%s", wrong);
    search.result->verdict = MODEL_WRONG;
    return false;
}

/* Goes back to the last choice that has an option left; false when there is none. */
static bool go_back(int *thread)
{
    while (search.choice_count > 0) {
        choice *last = search.choices[search.choice_count - 1];
        if (++last->option < last->options) {
            execution_copy(&search.now, &last->before);
            search.forced = (int)last->option;
            *thread = last->thread;
            return true;
        }
        search.choice_count--;
    }
    return false;
}

static void start_execution(void)
{
    memset(search.now.threads, 0, sizeof search.now.threads);
    memset(search.now.observed, 0, sizeof search.now.observed);
    memset(&search.now.machine, 0, offsetof(model_machine, locations));
    search.seq_cst = NULL;
}

/* The execution that went wrong once more, with every step told. */
static void tell(void)
{
    unsigned path[CHOICES_MAX];
    for (size_t i = 0; i < search.choice_count; i++)
        path[i] = search.choices[i]->option;
    search.path = path;
    search.path_count = search.choice_count;
    search.path_next = 0;
    search.steps_used = 0;
    search.forced = -1;
    start_execution();
    (void)run_to_end(MODEL_NO_THREAD);
    search.path = NULL;
}

void model_explore(const model_program *program, model_result *out)
{
    out->verdict = MODEL_RIGHT;
    out->executions = 0;
    out->dropped = 0;
    out->killed = 0;
    out->what[0] = '\0';
    out->steps[0] = '\0';
    search.program = program;
    search.result = out;
    search.choice_count = 0;
    search.forced = -1;
    const uint64_t max =
        program->executions_max != 0 ? program->executions_max : EXECUTIONS_DEFAULT;
    int thread = MODEL_NO_THREAD;
    start_execution();
    do {
        if (!run_to_end(thread)) {
            tell();
            return;
        }
        if (out->executions + out->dropped > max) {
            out->verdict = MODEL_REFUSED;
            snprintf(out->what, sizeof out->what, "more than %" PRIu64 " executions", max);
            return;
        }
    } while (go_back(&thread));
}
