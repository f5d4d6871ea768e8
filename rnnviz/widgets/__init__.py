"""Parts of the window that know no recurrent network: they are given numbers and text."""
