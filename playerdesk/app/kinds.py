"""Every kind of document that can be designed, on one page; whoever brings one adds it here."""

from playerdesk.blueprints import Kinds

KINDS = Kinds(())
