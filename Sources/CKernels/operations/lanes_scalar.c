// Every processor: the compiler splits the vectors as it must.
#define LANES 4
#include "table.h"

const expert_operations expert_operations_scalar = TABLE;
