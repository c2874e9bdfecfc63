/* The rules of the view machine, each a few lines: they are to be read beside the papers. */
#include "tests/robustness/model/machine.h"

#include <string.h>

void model_machine_copy(model_machine *to, const model_machine *from)
{
    memcpy(to, from, offsetof(model_machine, locations));
    memcpy(to->locations, from->locations, from->location_count * sizeof from->locations[0]);
    memcpy(to->messages, from->messages, from->message_count * sizeof from->messages[0]);
}

static size_t index_of(const model_machine *machine, const model_location *location)
{
    return (size_t)(location - machine->locations);
}

model_location *model_machine_at(model_machine *machine, const void *address)
{
    for (size_t i = 0; i < machine->location_count; i++)
        if (machine->locations[i].address == address)
            return &machine->locations[i];
    if (machine->location_count == MODEL_LOCATIONS_MAX ||
        machine->message_count == MODEL_MESSAGES_MAX)
        return NULL;
    /* Number 0 is the value before the program; its view is empty, as are those of all threads. */
    model_location *location = &machine->locations[machine->location_count++];
    memset(location, 0, sizeof *location);
    location->address = address;
    location->count = 1;
    location->message[0] = (uint8_t)machine->message_count;
    model_message *message = &machine->messages[machine->message_count++];
    memset(message, 0, sizeof *message);
    memcpy(&message->value, address, sizeof message->value);
    return location;
}

bool model_machine_has_room(const model_machine *machine, const model_location *location)
{
    return location->count < MODEL_VALUES_MAX && machine->message_count < MODEL_MESSAGES_MAX;
}

uint64_t model_machine_value(const model_machine *machine, const model_location *location,
                             unsigned number)
{
    return machine->messages[location->message[number]].value;
}

unsigned model_machine_place(const model_machine *machine, unsigned thread,
                             const model_location *location)
{
    return location->place[machine->threads[thread].current.known[index_of(machine, location)]];
}

static void join(const model_machine *machine, model_view *view, const model_view *other)
{
    for (size_t i = 0; i < machine->location_count; i++) {
        const uint8_t *place = machine->locations[i].place;
        if (place[other->known[i]] > place[view->known[i]])
            view->known[i] = other->known[i];
    }
}

static bool acquires(model_order order)
{
    return order == MODEL_ACQUIRE || order == MODEL_ACQ_REL || order == MODEL_SEQ_CST;
}

static bool releases(model_order order)
{
    return order == MODEL_RELEASE || order == MODEL_ACQ_REL || order == MODEL_SEQ_CST;
}

void model_machine_read(model_machine *machine, unsigned thread, model_location *location,
                        unsigned number, model_order order)
{
    model_views *views = &machine->threads[thread];
    const model_view *view = &machine->messages[location->message[number]].view;
    const size_t index = index_of(machine, location);
    /* Later reads of this location go on from here: read-read coherence. */
    views->current.known[index] = (uint8_t)number;
    if (location->place[number] > location->place[views->acquired.known[index]])
        views->acquired.known[index] = (uint8_t)number;
    join(machine, &views->acquired, view);
    if (acquires(order))
        join(machine, &views->current, view);
}

/* Makes room at place; returns the number of the new message, whose view is still to come. */
static unsigned insert(model_machine *machine, model_location *location, unsigned place,
                       uint64_t value)
{
    const unsigned number = location->count++;
    for (unsigned later = number; later > place; later--) {
        location->at[later] = location->at[later - 1];
        location->place[location->at[later]] = (uint8_t)later;
    }
    location->at[place] = (uint8_t)number;
    location->place[number] = (uint8_t)place;
    location->taken[number] = false;
    location->message[number] = (uint8_t)machine->message_count;
    machine->messages[machine->message_count++].value = value;
    return number;
}

void model_machine_write(model_machine *machine, unsigned thread, model_location *location,
                         unsigned place, uint64_t value, model_order order)
{
    model_views *views = &machine->threads[thread];
    const unsigned number = insert(machine, location, place, value);
    const size_t index = index_of(machine, location);
    views->current.known[index] = (uint8_t)number;
    if (place > location->place[views->acquired.known[index]])
        views->acquired.known[index] = (uint8_t)number;
    model_view *view = &machine->messages[location->message[number]].view;
    *view = releases(order) ? views->current : views->released;
    view->known[index] = (uint8_t)number;
}

void model_machine_update(model_machine *machine, unsigned thread, model_location *location,
                          unsigned number, uint64_t value, model_order order)
{
    model_machine_read(machine, thread, location, number, order);
    model_machine_write(machine, thread, location, location->place[number] + 1u, value, order);
    location->taken[number] = true;
    /* The release sequence goes on: a load of the update synchronises with what it read, too.
     */
    model_view *view = &machine->messages[location->message[location->count - 1]].view;
    join(machine, view, &machine->messages[location->message[number]].view);
}

void model_machine_fence(model_machine *machine, unsigned thread, model_order order)
{
    model_views *views = &machine->threads[thread];
    if (acquires(order))
        views->current = views->acquired;
    if (releases(order))
        views->released = views->current;
}

void model_machine_follow(model_machine *machine, unsigned thread, unsigned other)
{
    join(machine, &machine->threads[thread].current, &machine->threads[other].current);
    join(machine, &machine->threads[thread].acquired, &machine->threads[other].current);
}
