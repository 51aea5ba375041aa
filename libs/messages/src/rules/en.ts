import { type Words } from '../language.ts';

/** Names of rules and levels, and the sentence that tells an incident of each (parameters: `headlineParameters` of the protocol). */
export const EN: Words = {
  'rule.leak': 'Connection leak',
  'rule.leak.sentence': '{service} leaks [{leaked|connection|connections} ]at {endpoint}',
  'rule.leak.sentence.inbound': '{service} leaks [{leaked|connection|connections} ]on port {port}',
  'rule.leak.sentence.outbound': '{service} leaks [{leaked|connection|connections} ]to {endpoint}',

  'rule.descriptors': 'Descriptor exhaustion',
  'rule.descriptors.sentence': '{service} runs out of descriptors[: {used} of {limit} in use][, {timeLeftMs} left]',

  'rule.system_descriptors': 'System descriptor exhaustion',
  'rule.system_descriptors.sentence': '{host} runs out of open files[: {used} of {limit} in use][, {timeLeftMs} left]',

  'rule.ports': 'Port exhaustion',
  'rule.ports.sentence':
    '{host} runs out of local ports to {endpoint}[: {used} of {limit} in use][, {timeLeftMs} left]',

  'rule.time_wait_overflow': 'TIME_WAIT overflow',
  'rule.time_wait_overflow.sentence':
    '{host} holds more TIME_WAIT than it may: connections skip it[ ({increase} so far)]',

  'rule.accept_queue': 'Accept queue overflow',
  'rule.accept_queue.sentence':
    'The accept queue [of {endpoint} ]on {host} overflows[: {increase|connection|connections} turned away]',

  'rule.syn_flood': 'SYN flood',
  'rule.syn_flood.sentence': '{host} is flooded with connection requests[: {halfOpen} half open]',

  'rule.host_starved': 'Host starved of CPU',
  'rule.host_starved.sentence': 'The programs of {host} wait for a CPU[ {stallShare} of the time]',

  'rule.host_silent': 'Host silent',
  'rule.host_silent.sentence': 'Nothing is heard of {host}[ for {silentMs}]',

  'rule.clock_skew': 'Clock skew',
  'rule.clock_skew.sentence': 'The clock of {host} is off[ by {skewMs}]',

  'rule.threshold': 'Threshold of your own',
  'rule.threshold.sentence': '{name}: [{value} ]connections of {host} in {state}',

  'level.none': 'None',
  'level.suspect': 'Suspect',
  'level.warning': 'Warning',
  'level.critical': 'Critical',
};
