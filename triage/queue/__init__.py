"""The moderators' queue and its rules: cases, who may have which, for how long, and the record of every act."""
